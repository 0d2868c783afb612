//! A thread that works on items in the background.

use std::fmt;
use std::io::{self, Write};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread::{self, JoinHandle};

/// Bytes that are passed to the thread at once.
const CHUNK: usize = 1 << 18;

/// Number of chunks that wait for the thread.
const WAITING_CHUNKS: usize = 4;

/// A thread that owns a value and works on it with the items that it gets.
pub(crate) struct Worker<T, I, E> {
    /// `None` once there are no more items.
    items: Option<SyncSender<I>>,
    /// Items that the thread has finished.
    spent: Receiver<I>,
    /// `None` once its result was taken.
    thread: Option<JoinHandle<Result<T, E>>>,
}

impl<T, I, E> fmt::Debug for Worker<T, I, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker").finish_non_exhaustive()
    }
}

impl<T: Send + 'static, I: Send + 'static, E: From<io::Error> + Send + 'static> Worker<T, I, E> {
    /// Starts the thread. At most `waiting` items wait for it.
    pub(crate) fn start(
        mut value: T,
        waiting: usize,
        mut work: impl FnMut(&mut T, &mut I) -> Result<(), E> + Send + 'static,
    ) -> Result<Self, E> {
        let (items, received) = mpsc::sync_channel::<I>(waiting);
        let (finished, spent) = mpsc::channel();
        let thread = thread::Builder::new().name("export".into()).spawn(move || {
            for mut item in received {
                work(&mut value, &mut item)?;
                // The receiver is gone after the last item.
                let _ = finished.send(item);
            }
            Ok(value)
        })?;
        Ok(Self { items: Some(items), spent, thread: Some(thread) })
    }

    /// Passes an item. Waits while too many of them wait. Returns an item that the thread has finished, if there is one, so that its memory
    /// can be used again; and the error of an earlier item.
    pub(crate) fn pass(&mut self, item: I) -> Result<Option<I>, E> {
        let is_passed = self.items.as_ref().is_some_and(|items| items.send(item).is_ok());
        if is_passed {
            return Ok(self.spent.try_recv().ok());
        }
        self.end().and_then(|_| Err(io::Error::other("writing has failed before").into()))
    }

    /// Waits until all items are finished. Returns the value.
    pub(crate) fn finish(mut self) -> Result<T, E> {
        self.end()?.ok_or_else(|| io::Error::other("writing has failed before").into())
    }

    fn end(&mut self) -> Result<Option<T>, E> {
        self.items = None;
        let joined = self.thread.take().map(JoinHandle::join);
        joined.transpose().unwrap_or_else(|panic| std::panic::resume_unwind(panic)).transpose()
    }
}

impl<T, I, E> Drop for Worker<T, I, E> {
    /// Waits for the thread: an unfinished file is removed with the value.
    fn drop(&mut self) {
        self.items = None;
        // The exporter has failed already, or is not needed any more.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

/// Passes bytes to a stream in another thread.
#[derive(Debug)]
pub(crate) struct BackgroundWriter<W> {
    worker: Worker<W, Vec<u8>, io::Error>,
    chunk: Vec<u8>,
}

impl<W: Write + Send + 'static> BackgroundWriter<W> {
    pub(crate) fn start(stream: W) -> io::Result<Self> {
        let write = |stream: &mut W, chunk: &mut Vec<u8>| stream.write_all(chunk);
        Ok(Self { worker: Worker::start(stream, WAITING_CHUNKS, write)?, chunk: Vec::with_capacity(CHUNK) })
    }

    /// Waits until everything is written. Returns the stream.
    pub(crate) fn into_inner(mut self) -> io::Result<W> {
        self.flush()?;
        self.worker.finish()
    }
}

impl<W: Write + Send + 'static> Write for BackgroundWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.chunk.extend_from_slice(bytes);
        if self.chunk.len() >= CHUNK {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    /// Passes the rest to the thread, and does not wait for it.
    fn flush(&mut self) -> io::Result<()> {
        let chunk = std::mem::take(&mut self.chunk);
        self.chunk = self.worker.pass(chunk)?.unwrap_or_default();
        self.chunk.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A disk with room for this many bytes.
    #[derive(Debug)]
    struct Disk(usize, Vec<u8>);

    impl Write for Disk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if self.1.len() + bytes.len() > self.0 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            self.1.extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn background_writer_writes_everything_in_order() {
        let mut writer = BackgroundWriter::start(Disk(usize::MAX, Vec::new())).unwrap();
        let mut expected = Vec::new();
        for number in 0..3_000_u32 {
            let part = number.to_le_bytes().repeat(number as usize % 700);
            writer.write_all(&part).unwrap();
            expected.extend(part);
        }
        assert!(writer.into_inner().unwrap().1 == expected);
    }

    #[test]
    fn background_writer_returns_the_error_of_the_stream_once_and_then_another() {
        let mut writer = BackgroundWriter::start(Disk(2 * CHUNK, Vec::new())).unwrap();
        let error = (0..100).find_map(|_| writer.write_all(&[7; CHUNK]).err()).unwrap();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        assert!(writer.write_all(&[7; CHUNK]).is_err());
        assert!(writer.into_inner().is_err());
        let mut writer = BackgroundWriter::start(Disk(3, Vec::new())).unwrap();
        writer.write_all(&[7; 5]).unwrap();
        assert_eq!(writer.into_inner().unwrap_err().kind(), io::ErrorKind::StorageFull);
    }

    #[test]
    fn worker_has_ended_once_it_is_dropped() {
        let (sender, receiver) = mpsc::channel::<u8>();
        let mut worker = Worker::<_, _, io::Error>::start(sender, 1, |sender, item: &mut u8| {
            sender.send(*item).map_err(io::Error::other)
        })
        .unwrap();
        worker.pass(1).unwrap();
        drop(worker);
        assert_eq!((receiver.try_recv(), receiver.try_recv()), (Ok(1), Err(mpsc::TryRecvError::Disconnected)));
    }
}
