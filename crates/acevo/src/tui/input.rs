//! Keys of the screen: how they change the [`App`].

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::app::{App, ScrollExtent, Tab};
use super::units::UnitsExt as _;
use crate::session::playback::handle::PlaybackHandle;

/// Letters of a search text.
const MAX_SEARCH_LENGTH: usize = 40;

/// The effect of a key.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Action {
    Quit,
    Continue,
    Playback(PlaybackKey),
}

/// What a key does to a recording that is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PlaybackKey {
    /// Pauses, or plays.
    Toggle,
    /// Seeks this many seconds.
    Seek(i32),
    PreviousLap,
    NextLap,
    Slower,
    Faster,
}

/// Seconds that a key seeks.
const SEEK_S: i32 = 10;

impl PlaybackKey {
    /// The arrow keys select tabs, so commas and dots seek.
    fn of(key: KeyCode) -> Option<Self> {
        Some(match key {
            KeyCode::Char(' ') => Self::Toggle,
            KeyCode::Char(',' | '<') => Self::Seek(-SEEK_S),
            KeyCode::Char('.' | '>') => Self::Seek(SEEK_S),
            KeyCode::Char('[') => Self::PreviousLap,
            KeyCode::Char(']') => Self::NextLap,
            KeyCode::Char('-') => Self::Slower,
            KeyCode::Char('+' | '=') => Self::Faster,
            _ => return None,
        })
    }

    /// Does it.
    pub(super) fn apply(self, playback: &PlaybackHandle) {
        match self {
            Self::Toggle => playback.toggle(),
            Self::Seek(seconds) => playback.seek_by(seconds.into()),
            Self::PreviousLap => playback.step_lap(false),
            Self::NextLap => playback.step_lap(true),
            Self::Slower => playback.step_speed(false),
            Self::Faster => playback.step_speed(true),
        }
    }
}

impl App {
    /// Handles a key.
    pub(super) fn press(&mut self, key: KeyEvent) -> Action {
        let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
        if ctrl && matches!(key.code, KeyCode::Char('c' | 'C')) {
            return Action::Quit;
        }
        if self.scroll(key.code) {
            return Action::Continue;
        }
        if self.is_typing {
            self.type_in(key.code, ctrl);
            return Action::Continue;
        }
        if self.has_help && matches!(key.code, KeyCode::Esc | KeyCode::Char('?' | 'q' | 'Q') | KeyCode::Enter) {
            self.has_help = false;
            return Action::Continue;
        }
        if let Some(key) = PlaybackKey::of(key.code) {
            return Action::Playback(key);
        }
        match key.code {
            KeyCode::Char('q' | 'Q') => return Action::Quit,
            KeyCode::Esc if self.tab == Tab::Fields && !self.search.is_empty() => self.search.clear(),
            KeyCode::Esc => return Action::Quit,
            KeyCode::Char('?' | 'h') | KeyCode::F(1) => self.has_help = true,
            KeyCode::Char('u' | 'U') => self.units = self.units.next(),
            KeyCode::Char(digit @ '1'..='9') => self.tab = Tab::ALL[digit as usize - '1' as usize],
            KeyCode::Tab | KeyCode::Right => self.tab = self.tab.moved(1),
            KeyCode::BackTab | KeyCode::Left => self.tab = self.tab.moved(Tab::ALL.len() - 1),
            KeyCode::Char('/') => (self.tab, self.is_typing, self.has_help) = (Tab::Fields, true, false),
            KeyCode::Char('r' | 'R') if self.tab == Tab::Fields => {
                self.is_raw = !self.is_raw;
                self.offsets[Tab::Fields as usize] = 0;
            }
            _ => {}
        }
        Action::Continue
    }

    fn type_in(&mut self, key: KeyCode, ctrl: bool) {
        match key {
            KeyCode::Esc => {
                self.search.clear();
                self.is_typing = false;
            }
            KeyCode::Enter | KeyCode::Tab => self.is_typing = false,
            KeyCode::Backspace => drop(self.search.pop()),
            KeyCode::Char(letter)
                if !ctrl && !letter.is_control() && self.search.chars().count() < MAX_SEARCH_LENGTH =>
            {
                self.search.push(letter);
            }
            _ => return,
        }
        self.offsets[Tab::Fields as usize] = 0;
    }

    /// Scrolls if the key is a scroll key; returns whether it is.
    fn scroll(&mut self, key: KeyCode) -> bool {
        let ScrollExtent { max_offset, page } = self.extent;
        let offset = &mut self.offsets[self.tab as usize];
        // The list may be shorter than when it was scrolled.
        let current = (*offset).min(max_offset);
        *offset = match key {
            KeyCode::Up => current.saturating_sub(1),
            KeyCode::Down => current.saturating_add(1).min(max_offset),
            KeyCode::PageUp => current.saturating_sub(page.max(1)),
            KeyCode::PageDown => current.saturating_add(page.max(1)).min(max_offset),
            KeyCode::Home => 0,
            KeyCode::End => max_offset,
            _ => return false,
        };
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::units::Units;

    fn press(app: &mut App, codes: &[KeyCode]) -> Action {
        codes.iter().fold(Action::Continue, |_, code| app.press(KeyEvent::new(*code, KeyModifiers::NONE)))
    }

    fn typed(text: &str) -> Vec<KeyCode> {
        text.chars().map(KeyCode::Char).collect()
    }

    #[test]
    fn number_and_arrow_keys_select_tabs() {
        let mut app = App::default();
        for (index, tab) in Tab::ALL.into_iter().enumerate() {
            press(&mut app, &typed(&(index + 1).to_string()));
            assert_eq!(app.tab, tab);
        }
        press(&mut app, &[KeyCode::Tab]);
        assert_eq!(app.tab, Tab::Drive);
        press(&mut app, &[KeyCode::BackTab, KeyCode::Left]);
        assert_eq!(app.tab, Tab::Health);
        press(&mut app, &[KeyCode::Right]);
        assert_eq!(app.tab, Tab::Timing);
    }

    #[test]
    fn q_and_esc_quit_unless_they_edit_the_search_or_close_the_help() {
        assert_eq!(press(&mut App::default(), &typed("q")), Action::Quit);
        assert_eq!(press(&mut App::default(), &[KeyCode::Esc]), Action::Quit);
        let mut app = App::default();
        assert_eq!(press(&mut app, &typed("/rpmq1?")), Action::Continue);
        assert_eq!((app.tab, app.search.as_str()), (Tab::Fields, "rpmq1?"));
        let ctrl_c = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
        assert_eq!(app.press(ctrl_c), Action::Quit);
        press(&mut app, &[KeyCode::Backspace, KeyCode::Enter]);
        assert_eq!((app.search.as_str(), app.is_typing), ("rpmq1", false));
        assert_eq!(press(&mut app, &[KeyCode::Esc]), Action::Continue, "the first Esc clears the search");
        assert_eq!(press(&mut app, &[KeyCode::Esc]), Action::Quit);
        assert_eq!(press(&mut app, &typed("?q")), Action::Continue);
        assert!(!app.has_help);
        assert_eq!(press(&mut app, &typed("c")), Action::Continue);
    }

    #[test]
    fn keys_control_playback_in_every_tab_unless_they_edit_the_search() {
        let keys = [
            (' ', PlaybackKey::Toggle),
            (',', PlaybackKey::Seek(-10)),
            ('.', PlaybackKey::Seek(10)),
            ('[', PlaybackKey::PreviousLap),
            (']', PlaybackKey::NextLap),
            ('-', PlaybackKey::Slower),
            ('+', PlaybackKey::Faster),
        ];
        for tab in '1'..='9' {
            let mut app = App::default();
            press(&mut app, &[KeyCode::Char(tab)]);
            let before = app.tab;
            for (key, expected) in keys {
                assert_eq!(press(&mut app, &[KeyCode::Char(key)]), Action::Playback(expected), "{tab} {key}");
            }
            assert!(app.tab == before && !app.is_typing && !app.has_help);
        }
        let mut app = App::default();
        assert_eq!(press(&mut app, &typed("/a .,")), Action::Continue);
        assert_eq!(app.search, "a .,");
    }

    #[test]
    fn scroll_keys_stop_at_the_ends_of_the_list() {
        let mut app = App::default();
        press(&mut app, &[KeyCode::Char('6'), KeyCode::Down]);
        assert_eq!(app.offset(), 0, "no list was drawn yet");
        app.set_extent(ScrollExtent { max_offset: 25, page: 10 });
        press(&mut app, &[KeyCode::PageDown, KeyCode::Down]);
        assert_eq!(app.offset(), 11);
        press(&mut app, &[KeyCode::PageDown, KeyCode::PageDown, KeyCode::Down]);
        assert_eq!(app.offset(), 25);
        app.set_extent(ScrollExtent { max_offset: 5, page: 10 });
        press(&mut app, &[KeyCode::Up]);
        assert_eq!(app.offset(), 4, "from the end of the shorter list");
        press(&mut app, &[KeyCode::End, KeyCode::Char('7')]);
        assert_eq!(app.offset(), 0, "each tab has its own offset");
        press(&mut app, &[KeyCode::Char('6'), KeyCode::Home]);
        assert_eq!(app.offset(), 0);
    }

    #[test]
    fn u_selects_units_and_r_selects_raw_fields() {
        let mut app = App::default();
        press(&mut app, &typed("u6r"));
        assert!(app.units != Units::default() && app.is_raw);
        assert!(press(&mut app, &typed("1r")) == Action::Continue && app.is_raw, "only where fields are snapshot");
    }
}
