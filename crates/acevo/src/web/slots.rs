//! The number of connections, with limits.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Maximum number of connections.
pub(super) const MAX: usize = 128;

/// Maximum number from one address, so that one client cannot use all. A browser uses six for documents and one per open page.
pub(super) const MAX_PER_ADDRESS: usize = 64;

/// Counts connections per address.
#[derive(Debug, Clone, Default)]
pub(super) struct Slots(Arc<Mutex<HashMap<IpAddr, usize>>>);

/// Counts one connection until it is dropped.
#[derive(Debug)]
pub(super) struct Slot {
    slots: Slots,
    ip: IpAddr,
}

/// The connection of a request.
#[derive(Debug, Clone)]
pub(super) struct Connection {
    /// The local address.
    pub(super) local: SocketAddr,
    /// Counts the connection until its last user has dropped it.
    pub(super) slot: Arc<Slot>,
}

impl Slots {
    /// Counts a connection, or returns `None` if a limit is reached.
    pub(super) fn take(&self, ip: IpAddr) -> Option<Slot> {
        let mut taken = self.lock();
        if taken.values().sum::<usize>() >= MAX || taken.get(&ip).is_some_and(|count| *count >= MAX_PER_ADDRESS) {
            return None;
        }
        *taken.entry(ip).or_default() += 1;
        Some(Slot { slots: self.clone(), ip })
    }

    /// The number of connections.
    pub(super) fn taken(&self) -> usize {
        self.lock().values().sum()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slot {
    /// The address of the client.
    pub(super) const fn ip(&self) -> IpAddr {
        self.ip
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
    fn take_limits_connections_per_address_and_in_total() {
        let slots = Slots::default();
        let from = |last: u8| IpAddr::from([10, 0, 0, last]);
        let mut taken: Vec<_> = (0..MAX_PER_ADDRESS).map(|_| slots.take(from(1)).unwrap()).collect();
        assert!(slots.take(from(1)).is_none());
        taken.extend((0..MAX - MAX_PER_ADDRESS).map(|_| slots.take(from(2)).unwrap()));
        assert!(slots.take(from(3)).is_none());
        taken.clear();
        assert!(slots.taken() == 0 && slots.take(from(1)).is_some() && slots.lock().is_empty());
    }
}
