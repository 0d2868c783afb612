//! Decodes bytes to a page. Any bytes are valid input.

use zerocopy::IntoBytes;

use crate::page::sealed::Sealed;
use crate::page::text::{is_broken, repair};

/// Decodes a page from any bytes, in place.
pub(crate) fn decode_bytes<T: Sealed>(bytes: &[u8], page: &mut T) {
    // Nearly all pages are complete and valid. They are copied once.
    if let Some(valid) = T::checked(bytes).filter(|_| has_valid_texts::<T>(bytes)) {
        *page = *valid;
        return;
    }
    let mut words = T::ZERO_WORDS;
    let room = words.as_mut_bytes();
    let known = bytes.len().min(room.len());
    room[..known].copy_from_slice(&bytes[..known]);
    decode(&words, page);
}

/// True if all texts of a page are UTF-8. `bytes` has the whole page.
fn has_valid_texts<T: Sealed>(bytes: &[u8]) -> bool {
    !T::TEXTS.iter().any(|(offset, size)| is_broken(&bytes[*offset..*offset + *size]))
}

/// Decodes a page from its words. Texts that are not UTF-8 are repaired.
pub(crate) fn decode<T: Sealed>(words: &T::Words, page: &mut T) {
    let bytes = words.as_bytes();
    // In nearly all pages every bool is 0 or 1, and every text is UTF-8.
    if let Some(valid) = T::checked(bytes).filter(|_| has_valid_texts::<T>(bytes)) {
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
    // Only a bool can be invalid, and all of them are 0 or 1 now. The words are aligned and long enough for the page.
    *page = T::checked(bytes).copied().unwrap_or_default();
}

#[cfg(test)]
mod tests {
    use crate::page::{Page, SPageFileGraphicEvo, SPageFilePhysics, SPageFileStaticEvo};

    #[test]
    fn from_bytes_accepts_every_bit_pattern_of_a_bool() {
        let offset = SPageFileStaticEvo::field("is_online").unwrap().offset;
        for byte in 0..=255 {
            let mut bytes = [0; 208];
            bytes[offset] = byte;
            assert_eq!(SPageFileStaticEvo::from_bytes(&bytes).is_online, byte != 0);
        }
    }

    #[test]
    fn from_bytes_accepts_pages_of_all_ones() {
        let page = SPageFileGraphicEvo::from_bytes(&[0xff; 5000]);
        assert_eq!((page.status, page.use_single_compound), (-1, true));
        assert_eq!({ page.car_ids }[59], [u64::MAX; 2], "the page was decoded, this is not the fallback");
        assert!(SPageFilePhysics::from_bytes(&[0xff; 800]).absVibrations.is_nan());
    }

    #[test]
    fn from_bytes_replaces_an_invalid_byte_of_a_text_by_one_character() {
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
    fn from_bytes_fills_missing_bytes_with_zero() {
        let page = SPageFileGraphicEvo::from_bytes(&[1; 3940]);
        assert!(page.use_single_compound);
        assert_eq!({ page.car_ids }, [[0; 2]; 60]);
    }
}
