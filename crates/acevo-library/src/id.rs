//! Ids that stay the same if a database is built again.

/// Ids fit into the whole numbers of JavaScript.
const BITS: u32 = 53;

/// An id of these numbers and texts: positive, and below 2^53.
pub(crate) fn id_of(parts: &[&[u8]]) -> i64 {
    // FNV-1a, with a separator between the parts.
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut add = |byte: u8| hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    for part in parts {
        part.iter().copied().for_each(&mut add);
        add(0xff);
    }
    // The lower bits of FNV mix less: a finalizer spreads them.
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    ((hash ^ (hash >> 33)) >> (64 - BITS)).max(1) as i64
}

/// The id after this one, if it is taken.
pub(crate) fn next(id: i64) -> i64 {
    (id + 1) % (1 << BITS)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn id_of_differs_for_neighbours_and_fits_into_a_number_of_javascript() {
        let ids = (0..20_000_u64).map(|number| id_of(&[&number.to_le_bytes(), b"lap"]));
        let ids: HashSet<_> = ids.inspect(|id| assert!((1..1 << 53).contains(id))).collect();
        assert_eq!(ids.len(), 20_000);
        assert_ne!(id_of(&[b"ab", b"c"]), id_of(&[b"a", b"bc"]));
        assert_eq!(next((1 << 53) - 1), 0);
    }
}
