//! Any JSON gives a view or an error, and a view survives serialising and deserialising.
#![no_main]

use acevo_shared_memory::{GraphicsView, PhysicsView, StaticView};
use libfuzzer_sys::fuzz_target;

macro_rules! round_trip {
    ($view:ty, $bytes:expr) => {
        if let Ok(view) = serde_json::from_slice::<$view>($bytes) {
            let json = serde_json::to_string(&view).expect("any page can be serialised");
            let again: $view = serde_json::from_str(&json).expect("a serialised page can be deserialised");
            assert_eq!(serde_json::to_string(&again).expect("any page can be serialised"), json);
        }
    };
}

fuzz_target!(|bytes: &[u8]| {
    round_trip!(PhysicsView<'static>, bytes);
    round_trip!(GraphicsView<'static>, bytes);
    round_trip!(StaticView<'static>, bytes);
});
