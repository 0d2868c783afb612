//! Bytes to page. Any bytes make a page; none is refused.

use zerocopy::IntoBytes;

use crate::page::Page;
use crate::page::text::{is_broken, repair};

/// Makes a page of `bytes`: zero where they end early, cut where they are longer.
pub(crate) fn decode_bytes<T: Page>(bytes: &[u8]) -> T {
    let mut words = T::ZERO_WORDS;
    let room = words.as_mut_bytes();
    let known = bytes.len().min(room.len());
    room[..known].copy_from_slice(&bytes[..known]);
    let mut page = T::default();
    decode(&words, &mut page);
    page
}

/// Makes a page of its words. Texts that are not UTF-8 are repaired.
pub(crate) fn decode<T: Page>(words: &T::Words, page: &mut T) {
    let bytes = words.as_bytes();
    let has_valid_texts = !T::TEXTS.iter().any(|(offset, size)| is_broken(&bytes[*offset..*offset + *size]));
    // Nearly always every bool is 0 or 1 already, and every text UTF-8.
    if let Some(valid) = T::checked(bytes).filter(|_| has_valid_texts) {
        *page = *valid;
        return;
    }
    let mut words = *words;
    let bytes = words.as_mut_bytes();
    for offset in T::BOOLS {
        bytes[*offset] = u8::from(bytes[*offset] != 0);
    }
    for (offset, size) in T::TEXTS {
        repair(&mut bytes[*offset..*offset + *size]);
    }
    // Only a bool can be invalid, and now all of them are 0 or 1; the words are as long as the page and aligned.
    *page = T::checked(bytes).copied().unwrap_or_default();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::{SPageFileGraphicEvo, SPageFilePhysics, SPageFileStaticEvo};

    #[test]
    fn every_bit_pattern_of_a_bool_is_true_or_false() {
        let offset = SPageFileStaticEvo::field("is_online").unwrap().offset;
        for byte in 0..=255 {
            let mut bytes = [0; 208];
            bytes[offset] = byte;
            assert_eq!(SPageFileStaticEvo::from_bytes(&bytes).is_online, byte != 0);
        }
    }

    #[test]
    fn ones_everywhere_decode() {
        let page = SPageFileGraphicEvo::from_bytes(&[0xff; 5000]);
        assert_eq!((page.status, page.use_single_compound), (-1, true));
        assert_eq!({ page.car_ids }[59], [u64::MAX; 2], "conversion succeeded, this is not the fallback");
        assert!(SPageFilePhysics::from_bytes(&[0xff; 800]).absVibrations.is_nan());
    }

    #[test]
    fn an_invalid_byte_costs_one_character_of_a_text() {
        let page = SPageFileGraphicEvo { driver_surname: "Czerwi".into(), ..Default::default() };
        let mut bytes = Page::as_bytes(&page).to_vec();
        let offset = SPageFileGraphicEvo::field("driver_surname").unwrap().offset;
        bytes[offset + 6..offset + 11].copy_from_slice(b"\xc5\"ski");
        let decoded = SPageFileGraphicEvo::from_bytes(&bytes);
        assert_eq!(decoded.driver_surname.as_str(), "Czerwi\u{fffd}\"ski");
        let value = decoded.value("driver_surname").unwrap();
        assert_eq!(value.to_string(), decoded.driver_surname.as_str());
        assert_eq!((decoded.driver_name.as_str(), decoded.car_model.as_str()), ("", ""), "no other field changes");
    }

    #[test]
    fn a_page_of_an_older_game_is_zero_where_it_ends() {
        let page = SPageFileGraphicEvo::from_bytes(&[1; 3940]);
        assert!(page.use_single_compound);
        assert_eq!({ page.car_ids }, [[0; 2]; 60]);
    }
}
