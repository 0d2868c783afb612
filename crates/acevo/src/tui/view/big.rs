//! Large digits, five rows high.

/// Rows of a large digit.
pub(super) const HEIGHT: usize = 5;

/// The points of a digit, three by five, a bit each, top row first.
const fn points(letter: char) -> [u8; HEIGHT] {
    match letter {
        '0' => [0b111, 0b101, 0b101, 0b101, 0b111],
        '1' => [0b010, 0b110, 0b010, 0b010, 0b111],
        '2' => [0b111, 0b001, 0b111, 0b100, 0b111],
        '3' => [0b111, 0b001, 0b111, 0b001, 0b111],
        '4' => [0b101, 0b101, 0b111, 0b001, 0b001],
        '5' => [0b111, 0b100, 0b111, 0b001, 0b111],
        '6' => [0b111, 0b100, 0b111, 0b101, 0b111],
        '7' => [0b111, 0b001, 0b001, 0b001, 0b001],
        '8' => [0b111, 0b101, 0b111, 0b101, 0b111],
        '9' => [0b111, 0b101, 0b111, 0b001, 0b111],
        'R' => [0b110, 0b101, 0b110, 0b101, 0b101],
        'N' => [0b111, 0b101, 0b101, 0b101, 0b101],
        '-' => [0b000, 0b000, 0b111, 0b000, 0b000],
        '?' => [0b111, 0b001, 0b011, 0b000, 0b010],
        _ => [0; HEIGHT],
    }
}

/// Text in large digits: six columns each, two between them.
pub(super) fn big(text: &str) -> [String; HEIGHT] {
    std::array::from_fn(|row| {
        let letters = text.chars().map(|letter| {
            let row = points(letter)[row];
            [4, 2, 1].map(|bit| if row & bit == 0 { "  " } else { "██" }).concat()
        });
        letters.collect::<Vec<_>>().join("  ")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn big_rows_are_equally_wide() {
        for text in ["", "0", "N", "R?", "181", "-12", "x"] {
            let width = (text.chars().count() * 8).saturating_sub(2);
            assert!(big(text).iter().all(|row| row.chars().count() == width), "{text}");
        }
    }
}
