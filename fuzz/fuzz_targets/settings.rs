//! Any bytes can be read as a file of settings or as environment variables: the result is valid settings that survive being written, or
//! problems with lines of the text. Changing a key changes only that key, or fails.
#![no_main]

use acevo_settings::{Effective, KEYS, Settings, change};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let key = &KEYS[bytes.len() % KEYS.len()];
    match Settings::from_toml(&text) {
        Ok(settings) => {
            let written: String = KEYS.iter().map(|key| format!("{} = {}\n", key.name, settings.get(key))).collect();
            let read = Settings::from_toml(&written).expect("written settings can be read");
            assert!(KEYS.iter().all(|key| read.get(key) == settings.get(key)), "{written}");
            settings.sectors.sectors();
            settings.to_json();
            if let Ok(changed) = change(&text, key.name, Some(&key.default_value())) {
                let changed = Settings::from_toml(&changed).expect("a changed file can be read");
                assert_eq!(changed.get(key), key.default_value());
                assert!(KEYS.iter().filter(|other| *other != key).all(|key| changed.get(key) == settings.get(key)));
            }
        }
        Err(problems) => {
            let lines = text.bytes().filter(|byte| *byte == b'\n').count() + 1;
            assert!(!problems.is_empty());
            assert!(problems.iter().all(|problem| problem.line.is_some_and(|line| line <= lines)), "{problems:?}");
            let _ = change(&text, key.name, None);
        }
    }
    // As a variable of one key.
    if let Ok(effective) = Effective::new(None, |name| (name == key.variable()).then(|| text.as_ref().into())) {
        let value = effective.settings.get(key);
        assert_eq!(effective.settings.clone().set(key, &value), Ok(()));
    }
});
