//! Prints the bytes per second and the processor time that a recording needs if it is relayed, for some intervals between groups.
//!
//! `cargo run --release -p acevo-relay --example measure -- FILE.acevo`

use std::time::{Duration, Instant};

use acevo_recording::{Recording, RecordingItem};
use acevo_relay::{Group, GroupDecoder, GroupEncoder, Item, RelayedPage};

/// Time of the recording that is read.
const PART: Duration = Duration::from_secs(300);

/// Bytes of pages after which a group ends, as in the sender.
const FULL: usize = 96 << 10;

#[expect(clippy::print_stdout, reason = "this is its purpose")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args_os().nth(1).ok_or("name a recording")?;
    let mut recording = Recording::open(path)?;
    let mut pages = Vec::new();
    while let Some(item) = recording.next_item()? {
        if let RecordingItem::Record(record) = item {
            if record.at > PART {
                break;
            }
            pages.push(RelayedPage::of(&record, record.at));
        }
    }
    let (Some(first), Some(last)) = (pages.first(), pages.last()) else { return Err("the recording is empty".into()) };
    let seconds = (last.at - first.at).as_secs_f64();
    for interval in [0, 10, 20, 50].map(Duration::from_millis) {
        let (mut encoder, mut decoder) = (GroupEncoder::default(), GroupDecoder::default());
        let (mut rest, mut number, mut bytes, mut groups) = (&pages[..], 0, 0, 0);
        let (mut encoding, mut decoding) = (Duration::ZERO, Duration::ZERO);
        while let Some(first) = rest.first() {
            let mut size = 0;
            let count = rest.iter().take_while(|page| {
                let fits = size == 0 || (page.at - first.at < interval && size < FULL);
                size += page.bytes.len();
                fits
            });
            let (now, later) = rest.split_at(count.count());
            let group =
                Group { first: number, items: now.iter().cloned().map(Item::Page).collect(), ..Group::default() };
            let (mut encoded, start) = (Vec::new(), Instant::now());
            encoder.encode(&group, &mut encoded)?;
            encoding += start.elapsed();
            let start = Instant::now();
            let decoded = decoder.decode(&encoded)?;
            decoding += start.elapsed();
            if decoded != group {
                return Err("the decoded group differs".into());
            }
            (rest, number, bytes, groups) = (later, group.next(), bytes + encoded.len(), groups + 1);
        }
        println!(
            "{interval:?}: {:.1} kB/s in {:.1} groups/s; encoding {:.2} ms/s, decoding {:.2} ms/s",
            bytes as f64 / 1000.0 / seconds,
            f64::from(groups) / seconds,
            encoding.as_secs_f64() * 1000.0 / seconds,
            decoding.as_secs_f64() * 1000.0 / seconds
        );
    }
    Ok(())
}
