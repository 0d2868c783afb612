//! Packets and views of a game that writes while it is read, between any two steps of a capture, too.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicUsize, Ordering};

use acevo_shared_memory::{ACEvoSharedMemoryMapper, Error, PageKind, Source};
use proptest::prelude::*;

/// Writes at each step of its readers what its script says, over and over.
#[derive(Debug, Clone)]
struct Writing(Arc<Script>);

#[derive(Debug)]
struct Script {
    counters: [AtomicI32; 2],
    script: Vec<u8>,
    steps: AtomicUsize,
    is_over: AtomicBool,
}

impl Writing {
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

impl Source for Writing {
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
    fn every_packet_is_handed_out_once_or_counted(
        script in prop::collection::vec(0_u8..12, 1..60), start in prop_oneof![Just(0), Just(i32::MAX - 20), any::<i32>()],
    ) {
        let counters = [start.into(), start.into()];
        let source = Writing(Arc::new(Script { counters, script, steps: 0.into(), is_over: false.into() }));
        let mapper = ACEvoSharedMemoryMapper::open_source(source.clone()).unwrap();
        let mut packets = mapper.packets();
        let mut view = mapper.physics();
        let (mut first, mut last) = ([None; 2], [None; 2]);
        for round in 0..80 {
            source.0.is_over.store(round >= 75, Ordering::Relaxed);
            let packet = packets.poll().unwrap();
            let came = [
                packet.and_then(|packet| packet.physics).map(|page| (page.view.packet_id(), page.missed, page.restarted)),
                packet.and_then(|packet| packet.graphics).map(|page| (page.view.packet_id(), page.missed, page.restarted)),
            ];
            prop_assert_eq!(packet.is_some(), came != [None; 2]);
            for (page, came) in came.into_iter().enumerate() {
                let Some((id, missed, restarted)) = came else { continue };
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
