//! What the user has chosen to see, and what keys do about it.

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::units::{Units, Written as _};

/// More than anybody types.
const LONGEST_SEARCH: usize = 40;

/// The screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tab {
    Drive,
    Tyres,
    Laps,
    Car,
    Session,
    Fields,
    Events,
    Health,
}

impl Tab {
    pub(super) const ALL: [Self; 8] =
        [Self::Drive, Self::Tyres, Self::Laps, Self::Car, Self::Session, Self::Fields, Self::Events, Self::Health];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Drive => "Drive",
            Self::Tyres => "Tyres",
            Self::Laps => "Laps",
            Self::Car => "Car",
            Self::Session => "Session",
            Self::Fields => "Fields",
            Self::Events => "Events",
            Self::Health => "Health",
        }
    }

    fn moved(self, by: usize) -> Self {
        Self::ALL[(self as usize + by) % Self::ALL.len()]
    }
}

/// How far a list reaches, as it was drawn last: pages and ends are those that are seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Extent {
    /// The last offset at which the list fills its room.
    pub(super) most: usize,
    /// Rows that are seen at once.
    pub(super) page: usize,
}

/// What is shown, and how.
#[derive(Debug, Clone)]
pub(super) struct Ui {
    pub(super) tab: Tab,
    pub(super) units: Units,
    pub(super) has_help: bool,
    /// What fields are searched for.
    pub(super) search: String,
    pub(super) is_typing: bool,
    /// The fields of the pages, not the channels made of them.
    pub(super) is_raw: bool,
    pub(super) offsets: [usize; Tab::ALL.len()],
    pub(super) extent: Extent,
}

impl Default for Ui {
    fn default() -> Self {
        Self {
            tab: Tab::Drive,
            units: Units::default(),
            has_help: false,
            search: String::new(),
            is_typing: false,
            is_raw: false,
            offsets: [0; Tab::ALL.len()],
            extent: Extent::default(),
        }
    }
}

/// What comes of a key.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Then {
    Quit,
    GoOn,
}

impl Ui {
    /// The first row of the list that is shown.
    pub(super) const fn offset(&self) -> usize {
        self.offsets[self.tab as usize]
    }

    /// Takes note of how far the list reaches that was drawn.
    pub(super) const fn note(&mut self, extent: Extent) {
        self.extent = extent;
    }

    pub(super) fn press(&mut self, key: KeyEvent) -> Then {
        let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
        if ctrl && matches!(key.code, KeyCode::Char('c' | 'C')) {
            return Then::Quit;
        }
        if self.scroll(key.code) {
            return Then::GoOn;
        }
        if self.is_typing {
            self.type_in(key.code, ctrl);
            return Then::GoOn;
        }
        if self.has_help && matches!(key.code, KeyCode::Esc | KeyCode::Char('?' | 'q' | 'Q') | KeyCode::Enter) {
            self.has_help = false;
            return Then::GoOn;
        }
        match key.code {
            KeyCode::Char('q' | 'Q') => return Then::Quit,
            KeyCode::Esc if self.tab == Tab::Fields && !self.search.is_empty() => self.search.clear(),
            KeyCode::Esc => return Then::Quit,
            KeyCode::Char('?' | 'h') | KeyCode::F(1) => self.has_help = true,
            KeyCode::Char('u' | 'U') => self.units = self.units.next(),
            KeyCode::Char(digit @ '1'..='8') => self.tab = Tab::ALL[digit as usize - '1' as usize],
            KeyCode::Tab | KeyCode::Right => self.tab = self.tab.moved(1),
            KeyCode::BackTab | KeyCode::Left => self.tab = self.tab.moved(Tab::ALL.len() - 1),
            KeyCode::Char('/') => (self.tab, self.is_typing, self.has_help) = (Tab::Fields, true, false),
            KeyCode::Char('r' | 'R') if self.tab == Tab::Fields => {
                self.is_raw = !self.is_raw;
                self.offsets[Tab::Fields as usize] = 0;
            }
            _ => {}
        }
        Then::GoOn
    }

    fn type_in(&mut self, key: KeyCode, ctrl: bool) {
        match key {
            KeyCode::Esc => {
                self.search.clear();
                self.is_typing = false;
            }
            KeyCode::Enter | KeyCode::Tab => self.is_typing = false,
            KeyCode::Backspace => drop(self.search.pop()),
            KeyCode::Char(letter) if !ctrl && !letter.is_control() && self.search.chars().count() < LONGEST_SEARCH => {
                self.search.push(letter);
            }
            _ => return,
        }
        self.offsets[Tab::Fields as usize] = 0;
    }

    /// True for a key that scrolls.
    fn scroll(&mut self, key: KeyCode) -> bool {
        let Extent { most, page } = self.extent;
        let offset = &mut self.offsets[self.tab as usize];
        // The list may have become shorter.
        let now = (*offset).min(most);
        *offset = match key {
            KeyCode::Up => now.saturating_sub(1),
            KeyCode::Down => now.saturating_add(1).min(most),
            KeyCode::PageUp => now.saturating_sub(page.max(1)),
            KeyCode::PageDown => now.saturating_add(page.max(1)).min(most),
            KeyCode::Home => 0,
            KeyCode::End => most,
            _ => return false,
        };
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(ui: &mut Ui, codes: &[KeyCode]) -> Then {
        codes.iter().fold(Then::GoOn, |_, code| ui.press(KeyEvent::new(*code, KeyModifiers::NONE)))
    }

    fn typed(text: &str) -> Vec<KeyCode> {
        text.chars().map(KeyCode::Char).collect()
    }

    #[test]
    fn tabs_go_by_number_and_round() {
        let mut ui = Ui::default();
        for (index, tab) in Tab::ALL.into_iter().enumerate() {
            press(&mut ui, &typed(&(index + 1).to_string()));
            assert_eq!(ui.tab, tab);
        }
        press(&mut ui, &[KeyCode::Tab]);
        assert_eq!(ui.tab, Tab::Drive);
        press(&mut ui, &[KeyCode::BackTab, KeyCode::Left]);
        assert_eq!(ui.tab, Tab::Events);
        press(&mut ui, &[KeyCode::Right]);
        assert_eq!(ui.tab, Tab::Health);
    }

    #[test]
    fn quitting_is_not_what_is_typed_or_closed() {
        assert_eq!(press(&mut Ui::default(), &typed("q")), Then::Quit);
        assert_eq!(press(&mut Ui::default(), &[KeyCode::Esc]), Then::Quit);
        let mut ui = Ui::default();
        assert_eq!(press(&mut ui, &typed("/rpmq1?")), Then::GoOn);
        assert_eq!((ui.tab, ui.search.as_str()), (Tab::Fields, "rpmq1?"));
        let ctrl_c = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
        assert_eq!(ui.press(ctrl_c), Then::Quit);
        press(&mut ui, &[KeyCode::Backspace, KeyCode::Enter]);
        assert_eq!((ui.search.as_str(), ui.is_typing), ("rpmq1", false));
        assert_eq!(press(&mut ui, &[KeyCode::Esc]), Then::GoOn, "the first one ends the search");
        assert_eq!(press(&mut ui, &[KeyCode::Esc]), Then::Quit);
        assert_eq!(press(&mut ui, &typed("?q")), Then::GoOn);
        assert!(!ui.has_help);
        assert_eq!(press(&mut ui, &typed("c")), Then::GoOn);
    }

    #[test]
    fn lists_stop_at_their_ends() {
        let mut ui = Ui::default();
        press(&mut ui, &[KeyCode::Char('6'), KeyCode::Down]);
        assert_eq!(ui.offset(), 0, "nothing is drawn yet");
        ui.note(Extent { most: 25, page: 10 });
        press(&mut ui, &[KeyCode::PageDown, KeyCode::Down]);
        assert_eq!(ui.offset(), 11);
        press(&mut ui, &[KeyCode::PageDown, KeyCode::PageDown, KeyCode::Down]);
        assert_eq!(ui.offset(), 25);
        ui.note(Extent { most: 5, page: 10 });
        press(&mut ui, &[KeyCode::Up]);
        assert_eq!(ui.offset(), 4, "not from where it was no more");
        press(&mut ui, &[KeyCode::End, KeyCode::Char('7')]);
        assert_eq!(ui.offset(), 0, "each list has its own");
        press(&mut ui, &[KeyCode::Char('6'), KeyCode::Home]);
        assert_eq!(ui.offset(), 0);
    }

    #[test]
    fn units_and_raw_fields_are_switched() {
        let mut ui = Ui::default();
        press(&mut ui, &typed("u6r"));
        assert!(ui.units != Units::default() && ui.is_raw);
        assert!(press(&mut ui, &typed("1r")) == Then::GoOn && ui.is_raw, "only where fields are seen");
    }
}
