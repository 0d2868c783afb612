//! How many may be connected.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Connections at a time.
const MOST: usize = 128;

/// Of those, from one address: nobody can take them all. A browser has six for documents and one for each open page.
pub(super) const MOST_OF_ONE: usize = 64;

/// Places for connections.
#[derive(Debug, Clone, Default)]
pub(super) struct Slots(Arc<Mutex<HashMap<IpAddr, usize>>>);

/// A place that is taken until this is dropped.
#[derive(Debug)]
pub(super) struct Slot {
    slots: Slots,
    ip: IpAddr,
}

impl Slots {
    /// A place for a connection from there, if there is one.
    pub(super) fn take(&self, ip: IpAddr) -> Option<Slot> {
        let mut taken = self.lock();
        if taken.values().sum::<usize>() >= MOST || taken.get(&ip).is_some_and(|count| *count >= MOST_OF_ONE) {
            return None;
        }
        *taken.entry(ip).or_default() += 1;
        Some(Slot { slots: self.clone(), ip })
    }

    /// How many are taken.
    pub(super) fn taken(&self) -> usize {
        self.lock().values().sum()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut taken = self.slots.lock();
        if let Some(count) = taken.get_mut(&self.ip) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.ip);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_takes_all_of_them() {
        let slots = Slots::default();
        let from = |last: u8| IpAddr::from([10, 0, 0, last]);
        let mut taken: Vec<_> = (0..MOST_OF_ONE).map(|_| slots.take(from(1)).unwrap()).collect();
        assert!(slots.take(from(1)).is_none());
        taken.extend((0..MOST - MOST_OF_ONE).map(|_| slots.take(from(2)).unwrap()));
        assert!(slots.take(from(3)).is_none());
        taken.clear();
        assert!(slots.taken() == 0 && slots.take(from(1)).is_some() && slots.lock().is_empty());
    }
}
