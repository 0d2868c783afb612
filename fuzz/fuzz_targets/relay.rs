//! Any bytes can come from a relay or a receiver. A group that can be decoded can be encoded, and is the same again.
#![no_main]

use std::io::{self, Read, Write};
use std::time::Duration;

use acevo_relay::{AcceptedReceiver, GroupDecoder, GroupEncoder, Received, Receiver, RelayQueue};
use libfuzzer_sys::fuzz_target;

/// Input from bytes, no output.
struct Bytes<'a>(&'a [u8]);

impl Read for Bytes<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Write for Bytes<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fuzz_target!(|bytes: &[u8]| {
    if let Ok(group) = GroupDecoder::default().decode(bytes) {
        let mut encoded = Vec::new();
        GroupEncoder::default().encode(&group, &mut encoded).expect("a decoded group can be encoded");
        assert_eq!(GroupDecoder::default().decode(&encoded).expect("an encoded group can be decoded"), group);
    }
    let queue = RelayQueue::new(Duration::from_secs(1));
    assert!(AcceptedReceiver::accept(&mut &bytes[..], &mut io::sink(), "a-token", || true, &queue).is_err());
    let answer = [&b"\x89ACEVOs\n\x01\x00\x00"[..], &[0; 8], bytes].concat();
    let mut receiver = Receiver::connect(Bytes(&answer), "a-token", None).expect("the greeting is right");
    while receiver.receive().is_ok_and(|received| !matches!(received, Received::Ended)) {}
});
