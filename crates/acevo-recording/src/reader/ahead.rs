//! A thread that reads and decodes the next groups while the caller works on the current one.

use std::collections::VecDeque;
use std::io::{self, Read, Seek};
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use super::group::{Group, LoadBuffer};
use super::source::Source;
use crate::error::RecordingError;
use crate::field_set::FieldSet;
use crate::index::Entry;
use crate::record::PageCounts;

/// Maximum number of groups that the thread works on or that wait for the caller.
const MAX_GROUPS: usize = 4;

/// Number of groups that the caller has loaded one after the other when the thread begins to read: a caller that seeks does not wait
/// for groups that it does not need.
const IN_ORDER: usize = 2;

/// A group to load.
struct Job {
    /// Number of seeks before it.
    seeks: u64,
    entry: Entry,
    fields: Arc<FieldSet>,
    group: Group,
}

/// A group that was loaded, with the records that are lost; or one from before a seek, which may be empty.
#[derive(Debug)]
struct Loaded {
    seeks: u64,
    group: Group,
    lost: Result<PageCounts, RecordingError>,
}

/// The thread, and the groups that it has loaded.
#[derive(Debug)]
pub(crate) struct Ahead {
    /// `None` once the thread shall end.
    jobs: Option<Sender<Job>>,
    loaded: Receiver<Loaded>,
    thread: Option<JoinHandle<()>>,
    /// Number of seeks, which the thread compares with that of each job.
    seeks: Arc<AtomicU64>,
    /// Groups that the caller has loaded since the last seek.
    in_order: usize,
    /// Indices of the groups that were asked for and not taken yet.
    asked: Range<usize>,
    ready: VecDeque<Loaded>,
    /// Number of jobs that the thread has not returned yet.
    running: usize,
    /// Groups whose memory can be used again.
    spare: Vec<Group>,
    fields: Arc<FieldSet>,
}

impl Ahead {
    /// Starts the thread, which waits until it is needed.
    pub(crate) fn start<R: Read + Seek + Send + 'static>(
        source: Arc<Mutex<Source<R>>>,
        id: u32,
        fields: &FieldSet,
    ) -> io::Result<Self> {
        let (jobs, received) = mpsc::channel::<Job>();
        let (finished, loaded) = mpsc::channel();
        let seeks = Arc::new(AtomicU64::new(0));
        let now = Arc::clone(&seeks);
        let thread = thread::Builder::new().name("read ahead".into()).spawn(move || {
            let mut buffer = LoadBuffer::default();
            for Job { seeks, entry, fields, mut group } in received {
                let is_needed = now.load(Ordering::Relaxed) == seeks;
                let lost = match is_needed {
                    true => group.load(&source, &entry, id, &fields, &mut buffer),
                    false => Ok(PageCounts::default()),
                };
                if finished.send(Loaded { seeks, group, lost }).is_err() {
                    break;
                }
            }
        })?;
        Ok(Self {
            jobs: Some(jobs),
            loaded,
            thread: Some(thread),
            seeks,
            in_order: 0,
            asked: 0..0,
            ready: VecDeque::new(),
            running: 0,
            spare: Vec::new(),
            fields: Arc::new(fields.clone()),
        })
    }

    /// Forgets the groups that were asked for: the caller continues elsewhere.
    pub(crate) fn seek(&mut self) {
        self.seeks.fetch_add(1, Ordering::Relaxed);
        (self.in_order, self.asked) = (0, 0..0);
        self.spare.extend(self.ready.drain(..).map(|loaded| loaded.group));
    }

    /// As [`seek`](Self::seek), and loads these fields from then on.
    pub(crate) fn select(&mut self, fields: &FieldSet) {
        self.seek();
        self.fields = Arc::new(fields.clone());
    }

    /// Takes a group, and returns the number of records that are lost. `None` if it was not asked for; then `group` does not change.
    pub(crate) fn take(&mut self, number: usize, group: &mut Group) -> Option<Result<PageCounts, RecordingError>> {
        if self.asked.is_empty() || self.asked.start != number {
            return None;
        }
        while self.ready.is_empty() {
            // The thread ends early only by a panic. The caller loads all groups then.
            let Ok(loaded) = self.loaded.recv() else {
                (self.jobs, self.asked) = (None, 0..0);
                return None;
            };
            self.receive(loaded);
        }
        let loaded = self.ready.pop_front()?;
        self.asked.start += 1;
        self.spare.push(std::mem::replace(group, loaded.group));
        Some(loaded.lost)
    }

    /// Asks for the groups from `next` on, after the caller has loaded one.
    pub(crate) fn ask(&mut self, groups: &[Entry], next: usize) {
        self.in_order += 1;
        while let Ok(loaded) = self.loaded.try_recv() {
            self.receive(loaded);
        }
        if self.in_order < IN_ORDER {
            return;
        }
        if self.asked.is_empty() {
            self.asked = next..next;
        }
        while self.running + self.ready.len() < MAX_GROUPS
            && let (Some(entry), Some(jobs)) = (groups.get(self.asked.end), &self.jobs)
        {
            let group = self.spare.pop().unwrap_or_default();
            let seeks = self.seeks.load(Ordering::Relaxed);
            if jobs.send(Job { seeks, entry: *entry, fields: Arc::clone(&self.fields), group }).is_err() {
                break;
            }
            self.asked.end += 1;
            self.running += 1;
        }
    }

    fn receive(&mut self, loaded: Loaded) {
        self.running -= 1;
        if loaded.seeks == self.seeks.load(Ordering::Relaxed) {
            self.ready.push_back(loaded);
        } else {
            self.spare.push(loaded.group);
        }
    }
}

impl Drop for Ahead {
    /// Waits for the thread, which finishes at most the group that it is loading: the file is closed afterwards.
    fn drop(&mut self) {
        self.seeks.fetch_add(1, Ordering::Relaxed);
        self.jobs = None;
        // A panic has been reported by the thread itself.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::layout::kind;

    #[test]
    fn ask_begins_after_two_groups_in_order_and_keeps_four_running() {
        let source = Arc::new(Mutex::new(Source::new(Cursor::new(vec![0; 100])).unwrap()));
        let mut ahead = Ahead::start(source, 7, &FieldSet::all()).unwrap();
        let entry = Entry { offset: 0, length: 9, kind: kind::PAGES, first: 0, last: 0, records: [1, 0, 0] };
        let groups = [entry; 9];
        let waiting = |ahead: &Ahead| ahead.running + ahead.ready.len();
        ahead.ask(&groups, 1);
        assert_eq!((waiting(&ahead), ahead.asked.clone()), (0, 0..0));
        ahead.ask(&groups, 2);
        assert_eq!((waiting(&ahead), ahead.asked.clone()), (MAX_GROUPS, 2..6));
        let mut group = Group::default();
        assert!(ahead.take(3, &mut group).is_none(), "group 2 is next");
        let lost = ahead.take(2, &mut group).unwrap().unwrap();
        assert_eq!((lost.physics, ahead.asked.clone()), (1, 3..6));
        ahead.ask(&groups, 3);
        assert_eq!((waiting(&ahead), ahead.asked.clone()), (MAX_GROUPS, 3..7));
        ahead.seek();
        assert!(ahead.take(3, &mut group).is_none());
        ahead.ask(&groups, 8);
        ahead.ask(&groups, 8);
        assert!(ahead.running + ahead.ready.len() <= MAX_GROUPS && ahead.asked.start == 8);
    }
}
