//! The state of the screen that the user controls. Keys change it, see [`super::input`].

use super::units::Units;
use crate::settings::screen_state::ScreenState;

/// The tabs, in the order of their keys.
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
    Timing,
}

impl Tab {
    pub(super) const ALL: [Self; 9] = [
        Self::Drive,
        Self::Tyres,
        Self::Laps,
        Self::Car,
        Self::Session,
        Self::Fields,
        Self::Events,
        Self::Health,
        Self::Timing,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Drive => "Drive",
            Self::Tyres => "Tyres",
            Self::Laps => "Laps",
            Self::Car => "Car",
            Self::Session => "Session",
            Self::Timing => "Timing",
            Self::Fields => "Fields",
            Self::Events => "Events",
            Self::Health => "Health",
        }
    }

    /// The tab this many positions to the right, wrapping around.
    pub(super) const fn moved(self, by: usize) -> Self {
        Self::ALL[(self as usize + by) % Self::ALL.len()]
    }
}

/// Size of the scrollable list as it was drawn last. Keys scroll by it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct ScrollExtent {
    /// The largest offset.
    pub(super) max_offset: usize,
    /// Visible rows.
    pub(super) page: usize,
}

/// State of the screen: tab, scroll positions, search and units.
#[derive(Debug, Clone)]
pub(super) struct App {
    pub(super) tab: Tab,
    pub(super) units: Units,
    pub(super) has_help: bool,
    /// Search text of the fields tab.
    pub(super) search: String,
    /// Keys go to the search text.
    pub(super) is_typing: bool,
    /// The fields tab shows raw fields instead of channels.
    pub(super) is_raw: bool,
    /// First visible row of each tab's list.
    pub(super) offsets: [usize; Tab::ALL.len()],
    pub(super) extent: ScrollExtent,
}

impl Default for App {
    fn default() -> Self {
        Self {
            tab: Tab::Drive,
            units: Units::default(),
            has_help: false,
            search: String::new(),
            is_typing: false,
            is_raw: false,
            offsets: [0; Tab::ALL.len()],
            extent: ScrollExtent::default(),
        }
    }
}

impl App {
    /// The screen with the tab and the units of the last one. `setting` are the units of the settings.
    pub(super) fn restored(state: &ScreenState, setting: Units) -> Self {
        let tab = Tab::ALL.into_iter().find(|tab| tab.name() == state.tab).unwrap_or(Tab::Drive);
        Self { tab, units: state.units(setting), ..Self::default() }
    }

    /// What the next screen begins with.
    pub(super) fn state(&self, setting: Units) -> ScreenState {
        ScreenState::new(self.tab.name(), self.units, setting)
    }

    /// First visible row of the list on this tab.
    pub(super) const fn offset(&self) -> usize {
        self.offsets[self.tab as usize]
    }

    /// Stores the size of the list that was drawn.
    pub(super) const fn set_extent(&mut self, extent: ScrollExtent) {
        self.extent = extent;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn restored_has_the_tab_and_units_of_the_last_screen() {
        let last = App { tab: Tab::Laps, units: Units::Imperial, ..App::default() };
        let next = App::restored(&last.state(Units::Game), Units::Game);
        assert_eq!((next.tab, next.units), (Tab::Laps, Units::Imperial));
        let first = App::restored(&ScreenState::default(), Units::Metric);
        assert_eq!((first.tab, first.units), (Tab::Drive, Units::Metric));
    }
}
