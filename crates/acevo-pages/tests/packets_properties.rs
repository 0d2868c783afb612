//! Properties of packets and views while the game writes between any two steps of a capture.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicUsize, Ordering};

use acevo_shared_memory::{ACEvoSharedMemoryMapper, Error, PageKind, Source};
use proptest::prelude::*;

/// A source that writes at each access of a reader, as a repeated script says.
#[derive(Debug, Clone)]
struct ScriptedWriter(Arc<Script>);

#[derive(Debug)]
struct Script {
    counters: [AtomicI32; 2],
    script: Vec<u8>,
    steps: AtomicUsize,
    is_over: AtomicBool,
}

impl ScriptedWriter {
    fn counter(&self, page: PageKind) -> i32 {
        self.0.counters.get(page as usize).map_or(0, |counter| counter.load(Ordering::Relaxed))
    }

    fn write(&self) {
        if self.0.is_over.load(Ordering::Relaxed) {
            return;
        }
        let step = self.0.steps.fetch_add(1, Ordering::Relaxed);
        let (page, by) = match self.0.script[step % self.0.script.len()] {
            by @ 0..4 => (PageKind::Physics, by),
            by @ 4..7 => (PageKind::Graphics, by - 3),
            _ => return,
        };
        self.0.counters[page as usize].fetch_add(by.into(), Ordering::Relaxed);
    }
}

impl Source for ScriptedWriter {
    fn copy(&self, page: PageKind, words: &mut [u64]) -> Result<(), Error> {
        self.write();
        words.fill(0);
        words[0] = u64::from(self.counter(page).cast_unsigned());
        Ok(())
    }
    fn is_unchanged(&self, page: PageKind, words: &[u64]) -> Result<bool, Error> {
        self.write();
        Ok(words[0] == u64::from(self.counter(page).cast_unsigned()))
    }
    fn size(&self, page: PageKind) -> usize {
        page.size()
    }
    fn location(&self, page: PageKind) -> String {
        format!("the {page} page of a script")
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(100) })]
    #[test]
    #[cfg_attr(miri, ignore = "too slow, and there is nothing unsafe")]
    fn packets_are_returned_once_or_counted_as_missed(
        script in prop::collection::vec(0_u8..12, 1..60), start in prop_oneof![Just(0), Just(i32::MAX - 20), any::<i32>()],
    ) {
        let counters = [start.into(), start.into()];
        let source = ScriptedWriter(Arc::new(Script { counters, script, steps: 0.into(), is_over: false.into() }));
        let mapper = ACEvoSharedMemoryMapper::open_source(source.clone()).unwrap();
        let mut packets = mapper.packets();
        let mut view = mapper.physics();
        let (mut first, mut last) = ([None; 2], [None; 2]);
        for round in 0..80 {
            source.0.is_over.store(round >= 75, Ordering::Relaxed);
            let packet = packets.poll().unwrap();
            let arrivals = [
                packet.and_then(|packet| packet.physics).map(|page| (page.view.packet_id(), page.missed, page.restarted)),
                packet.and_then(|packet| packet.graphics).map(|page| (page.view.packet_id(), page.missed, page.restarted)),
            ];
            prop_assert_eq!(packet.is_some(), arrivals != [None; 2]);
            for (page, arrival) in arrivals.into_iter().enumerate() {
                let Some((id, missed, restarted)) = arrival else { continue };
                let before = id.wrapping_sub_unsigned(missed + 1);
                prop_assert!(!restarted && before == last[page].unwrap_or(before));
                first[page].get_or_insert(before);
                last[page] = Some(id);
            }
            let id = view.packet_id();
            prop_assert_eq!(view.refresh().unwrap(), view.packet_id() != id);
        }
        let stats = [&packets.stats().physics, &packets.stats().graphics];
        for (page, (kind, stats)) in [PageKind::Physics, PageKind::Graphics].into_iter().zip(stats).enumerate() {
            let end = source.counter(kind);
            prop_assert_eq!(last[page].unwrap_or(end), end);
            prop_assert_eq!(stats.written() as u32, end.wrapping_sub(first[page].unwrap_or(end)).cast_unsigned());
        }
        prop_assert_eq!((view.packet_id(), view.is_settled()), (source.counter(PageKind::Physics), true));
    }
}
