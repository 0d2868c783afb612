//! Lines that have nothing to do with the cars.

use super::LogPlace;
use super::journal::Journal;
use crate::noise::{Stream, generator};

impl Journal {
    /// Writes an unrelated line every few seconds, up to this time.
    pub(super) fn write_noise(&mut self, until_ms: u64) {
        while self.next_noise_ms <= until_ms {
            let at = self.next_noise_ms;
            let mut random = generator(self.seed, Stream::Log, self.noises);
            self.noises += 1;
            self.next_noise_ms += 1500 + random.u64(0..6000);
            let kind = if self.style.place == LogPlace::Server { 5 } else { random.u32(0..8) };
            match kind {
                0 => {
                    let file = r#"Opening non-packed file "C:\\Users\\driver\\Saved Games\\ACE\\ui_storage.uistorage""#;
                    self.header(at, "fastStorage", "warning", file);
                }
                1 => self.header(at, "rendering", "warning", "Car presenter is still loading"),
                2 => {
                    let warning = "Using a data-bind-for iterator in the element it was declared! This might cause undefined behaviour.";
                    self.header(at, "gameface", "warning", warning);
                    self.bare(at, " While executing JS coui://uiresources/js/components.js:986:28");
                }
                3 => self.header(at, "audio", "info", "set fade from 1.000000 to 0.000000 t 1.000000 st 0.000000"),
                4 => {
                    self.header(at, "rendering", "info", " \"display\": {");
                    self.header(at, "rendering", "info", "  \"v_sync\": \"Off\",");
                }
                5 => {
                    let text = "gameModeClient: doesn't implement message handler for message ReadyToStartMap";
                    self.header(at, "messages", "error", text);
                }
                6 => self.header(at, "gameface", "info", "Registered ModelLeaderboard "),
                _ => self.header(at, "ui", "info", "Exiting occluded state (isMinimized=0 isActivated=1)"),
            }
        }
    }
}
