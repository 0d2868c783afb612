//! Any JSON makes views or errors, and what was read is written and read again the same.
#![no_main]

use acevo_shared_memory::{GraphicsView, PhysicsView, StaticView};
use libfuzzer_sys::fuzz_target;

macro_rules! there_and_back {
    ($view:ty, $bytes:expr) => {
        if let Ok(view) = serde_json::from_slice::<$view>($bytes) {
            let json = serde_json::to_string(&view).expect("any page can be written");
            let again: $view = serde_json::from_str(&json).expect("what was written can be read");
            assert_eq!(serde_json::to_string(&again).expect("any page can be written"), json);
        }
    };
}

fuzz_target!(|bytes: &[u8]| {
    there_and_back!(PhysicsView<'static>, bytes);
    there_and_back!(GraphicsView<'static>, bytes);
    there_and_back!(StaticView<'static>, bytes);
});
