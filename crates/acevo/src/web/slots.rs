//! The connections, with limits on their number.
//!
//! A connection is *silent* until a request on it has passed the guard. A *stranger* is another computer of whose address the guard has
//! accepted nothing yet. Strangers share a few slots; some slots are reserved for this computer. If there is no slot for a new connection,
//! the oldest silent one of the address with the most silent ones is dropped, but never for a stranger one that is not a stranger's. Thus
//! clients that have not authenticated take no slots of those that have, nor of this computer.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// Maximum number of connections.
pub(super) const MAX: usize = 128;

/// Maximum number from one address, so that one client cannot use all. A browser uses six for documents and one per open page.
pub(super) const MAX_PER_ADDRESS: usize = 64;

/// Maximum number of connections of strangers.
pub(super) const MAX_STRANGERS: usize = 32;

/// Slots that only this computer can use.
pub(super) const RESERVED: usize = 16;

/// Addresses that are remembered as no strangers, the latest ones.
const MAX_KNOWN: usize = 64;

/// Counts connections.
#[derive(Debug, Clone, Default)]
pub(super) struct Slots(Arc<Mutex<Table>>);

/// Counts one connection until it is dropped.
#[derive(Debug)]
pub(super) struct Slot {
    slots: Slots,
    id: u64,
    ip: IpAddr,
    revoked: Arc<Notify>,
}

/// The connection of a request.
#[derive(Debug, Clone)]
pub(super) struct Connection {
    /// The local address.
    pub(super) local: SocketAddr,
    /// Counts the connection until its last user has dropped it.
    pub(super) slot: Arc<Slot>,
}

impl Connection {
    /// True if the client is on this computer, by any of its addresses.
    pub(super) fn is_same_computer(&self) -> bool {
        // A computer connects to its own address from that same address.
        self.slot.ip().to_canonical() == self.local.ip().to_canonical() || self.is_local()
    }

    /// True if the client is on this computer and has used its loopback address.
    pub(super) fn is_local(&self) -> bool {
        is_same_computer(self.slot.ip(), self.local.ip())
    }
}

/// True if a client and the local address that it connected to are on the same computer. A computer connects to its own address from that
/// same address, and its network refuses packets of others that claim it.
pub(super) fn is_same_computer(client: IpAddr, local: IpAddr) -> bool {
    client.to_canonical() == local.to_canonical()
}

#[derive(Debug, Default)]
struct Table {
    /// Oldest first.
    entries: Vec<Entry>,
    /// Addresses of other computers from which a request was accepted, the latest one last.
    known: VecDeque<IpAddr>,
    /// The id of the next entry.
    next_id: u64,
    /// Silent connections that were dropped.
    dropped: u64,
}

#[derive(Debug)]
struct Entry {
    id: u64,
    ip: IpAddr,
    /// The client is on this computer.
    is_local: bool,
    /// The address is that of another computer from which a request was accepted.
    is_known: bool,
    /// No request on the connection was accepted.
    is_silent: bool,
    revoked: Arc<Notify>,
}

impl Entry {
    const fn is_stranger(&self) -> bool {
        self.is_silent && !self.is_local && !self.is_known
    }
}

impl Slots {
    /// Counts a connection of this client to this local address, or returns `None` if a limit is reached. Another connection may lose its
    /// slot.
    pub(super) fn take(&self, client: IpAddr, local: IpAddr) -> Option<Slot> {
        let ip = client.to_canonical();
        let is_local = is_same_computer(client, local);
        let mut table = self.lock();
        table.make_room(ip, is_local)?;
        let (id, revoked) = (table.next_id, Arc::new(Notify::new()));
        table.next_id += 1;
        let is_known = table.known.contains(&ip);
        table.entries.push(Entry { id, ip, is_local, is_known, is_silent: true, revoked: Arc::clone(&revoked) });
        Some(Slot { slots: self.clone(), id, ip, revoked })
    }

    /// The number of connections.
    pub(super) fn taken(&self) -> usize {
        self.lock().entries.len()
    }

    /// The number of silent connections that were dropped for others.
    pub(super) fn dropped(&self) -> u64 {
        self.lock().dropped
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    fn count(&self, matches: impl Fn(&Entry) -> bool) -> usize {
        self.entries.iter().filter(|entry| matches(entry)).count()
    }

    /// Makes sure that there is a slot for a connection, or returns `None` if there is no room.
    fn make_room(&mut self, ip: IpAddr, is_local: bool) -> Option<()> {
        let is_stranger = !is_local && !self.known.contains(&ip);
        if self.count(|entry| entry.ip == ip) >= MAX_PER_ADDRESS {
            self.drop_silent(|entry| entry.ip == ip)
        } else if is_stranger && self.count(Entry::is_stranger) >= MAX_STRANGERS {
            self.drop_silent(Entry::is_stranger)
        } else if !is_local && self.count(|entry| !entry.is_local) >= MAX - RESERVED {
            self.drop_silent(Entry::is_stranger).or_else(|| self.drop_silent(|entry| !is_stranger && !entry.is_local))
        } else if self.entries.len() >= MAX {
            self.drop_silent(Entry::is_stranger).or_else(|| self.drop_silent(|_| !is_stranger))
        } else {
            Some(())
        }
    }

    /// Drops the oldest silent one of these connections, of the address with the most of them. Returns `None` without one.
    fn drop_silent(&mut self, matches: impl Fn(&Entry) -> bool) -> Option<()> {
        let candidates: Vec<_> = self.entries.iter().filter(|entry| entry.is_silent && matches(entry)).collect();
        let count = |ip| candidates.iter().filter(|entry| entry.ip == ip).count();
        // Of equal ones the last is returned, which is the oldest.
        let id = candidates.iter().rev().max_by_key(|entry| count(entry.ip))?.id;
        self.remove(id)?.revoked.notify_one();
        self.dropped += 1;
        Some(())
    }

    fn remove(&mut self, id: u64) -> Option<Entry> {
        // Ids ascend.
        let index = self.entries.binary_search_by_key(&id, |entry| entry.id).ok()?;
        Some(self.entries.remove(index))
    }
}

impl Slot {
    /// The address of the client.
    pub(super) const fn ip(&self) -> IpAddr {
        self.ip
    }

    /// Records that a request on this connection was accepted.
    pub(super) fn accept(&self) {
        let mut table = self.slots.lock();
        let Ok(index) = table.entries.binary_search_by_key(&self.id, |entry| entry.id) else { return };
        if !std::mem::replace(&mut table.entries[index].is_silent, false) || table.entries[index].is_local {
            return;
        }
        table.known.retain(|ip| *ip != self.ip);
        table.known.push_back(self.ip);
        if table.known.len() > MAX_KNOWN {
            table.known.pop_front();
        }
        table.entries.iter_mut().filter(|entry| entry.ip == self.ip).for_each(|entry| entry.is_known = true);
    }

    /// Waits until the connection must end, because another one needs its slot.
    pub(super) async fn revoked(&self) {
        self.revoked.notified().await;
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.slots.lock().remove(self.id);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    const SERVER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 1));

    /// Another computer.
    fn other(last: u8) -> IpAddr {
        IpAddr::from([10, 0, 1, last])
    }

    fn take(slots: &Slots, ip: IpAddr, count: usize) -> Vec<Slot> {
        (0..count).map(|_| slots.take(ip, SERVER).expect("a free slot")).collect()
    }

    fn take_accepted(slots: &Slots, ip: IpAddr, count: usize) -> Vec<Slot> {
        let accept = |slot: Slot| {
            slot.accept();
            slot
        };
        (0..count).map(|_| accept(slots.take(ip, SERVER).expect("a free slot"))).collect()
    }

    fn revoked(slots: &[Slot]) -> Vec<usize> {
        (0..slots.len()).filter(|index| slots[*index].revoked().now_or_never().is_some()).collect()
    }

    #[test]
    fn take_limits_accepted_connections_per_address_and_in_total() {
        let slots = Slots::default();
        let mut taken = take_accepted(&slots, other(1), MAX_PER_ADDRESS);
        assert!(slots.take(other(1), SERVER).is_none());
        taken.extend(take_accepted(&slots, other(2), MAX - RESERVED - MAX_PER_ADDRESS));
        assert!(slots.take(other(2), SERVER).is_none() && slots.take(other(3), SERVER).is_none());
        taken.extend(take(&slots, SERVER, RESERVED));
        assert_eq!((slots.taken(), revoked(&taken)), (MAX, vec![]));
        taken.clear();
        assert!(slots.taken() == 0 && slots.take(other(1), SERVER).is_some());
    }

    #[test]
    fn take_lets_strangers_displace_only_strangers() {
        let slots = Slots::default();
        let local = take(&slots, SERVER, MAX_PER_ADDRESS);
        let known = take_accepted(&slots, other(1), 1);
        let silent_known = take(&slots, other(1), 5);
        let strangers: Vec<_> = (2..=255).map(|last| slots.take(other(last), SERVER).unwrap()).collect();
        assert_eq!(slots.taken(), MAX_PER_ADDRESS + 6 + MAX_STRANGERS);
        assert_eq!(revoked(&strangers), (0..254 - MAX_STRANGERS).collect::<Vec<_>>(), "the oldest ones");
        assert_eq!((revoked(&local), revoked(&known), revoked(&silent_known)), (vec![], vec![], vec![]));
        assert_eq!(slots.dropped(), 254 - MAX_STRANGERS as u64);
        // All slots are in use, and none by a stranger.
        drop(strangers);
        let more = take(&slots, other(1), MAX - MAX_PER_ADDRESS - 6);
        assert!(slots.take(other(9), SERVER).is_none());
        assert_eq!((revoked(&local), revoked(&more)), (vec![], vec![]));
    }

    #[test]
    fn take_drops_connections_of_the_address_with_most_silent_ones() {
        let slots = Slots::default();
        let honest = take(&slots, other(1), 6);
        let attacker = take(&slots, other(2), 1000);
        assert_eq!(revoked(&honest), [] as [usize; 0]);
        assert_eq!(revoked(&attacker).len(), 1000 - (MAX_STRANGERS - 6));
    }

    #[test]
    fn take_always_has_a_slot_for_clients_that_have_authenticated() {
        let slots = Slots::default();
        let phone = take_accepted(&slots, other(1), 1);
        let attackers: Vec<_> = (2..=6).flat_map(|last| take(&slots, other(last), MAX_PER_ADDRESS)).collect();
        let requests = take_accepted(&slots, other(1), MAX_PER_ADDRESS - 1);
        let browser = take_accepted(&slots, SERVER, MAX_PER_ADDRESS);
        assert_eq!((slots.taken(), attackers.len()), (MAX, 5 * MAX_PER_ADDRESS));
        assert_eq!((revoked(&phone), revoked(&requests), revoked(&browser)), (vec![], vec![], vec![]));
        // At the limit of an address, its own silent connections make room.
        drop(browser);
        let silent = take(&slots, SERVER, MAX_PER_ADDRESS + 1);
        assert_eq!(revoked(&silent), [0]);
    }

    #[test]
    fn dropped_slot_whose_connection_was_revoked_frees_no_other() {
        let slots = Slots::default();
        let mut silent = take(&slots, SERVER, MAX_PER_ADDRESS + 1);
        drop(silent.remove(0));
        assert_eq!(slots.taken(), MAX_PER_ADDRESS);
        silent.clear();
        assert_eq!(slots.taken(), 0);
    }

    #[test]
    fn known_addresses_have_an_upper_bound() {
        let slots = Slots::default();
        for last in 0..=255 {
            take_accepted(&slots, other(last), 1);
        }
        assert_eq!(slots.lock().known.len(), MAX_KNOWN);
        assert!(slots.lock().known.contains(&other(255)) && !slots.lock().known.contains(&other(0)));
    }
}
