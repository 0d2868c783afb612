//! The pages as JSON: the bytes in hexadecimal digits.

use acevo_shared_memory::{
    Frame, Page, PageKind, PhysicsValidity, SPageFileGraphicEvo, SPageFilePhysics, SPageFileStaticEvo,
};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

#[derive(Serialize, Deserialize)]
struct Pages {
    bytes: [String; 3],
    validity: PhysicsValidity,
}

pub(crate) fn serialize<S: Serializer>(frame: &Option<Frame>, serializer: S) -> Result<S::Ok, S::Error> {
    let pages = |frame: &Frame| Pages {
        bytes: PageKind::ALL.map(|page| hex::encode(frame.bytes(page))),
        validity: frame.validity,
    };
    frame.as_ref().map(pages).serialize(serializer)
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Frame>, D::Error> {
    let Some(Pages { bytes, validity }) = Option::deserialize(deserializer)? else { return Ok(None) };
    let [physics, graphics, static_data] = bytes.map(hex::decode);
    let mut frame = Frame::new(
        SPageFilePhysics::from_bytes(&physics.map_err(D::Error::custom)?),
        SPageFileGraphicEvo::from_bytes(&graphics.map_err(D::Error::custom)?),
        SPageFileStaticEvo::from_bytes(&static_data.map_err(D::Error::custom)?),
    );
    frame.validity = validity;
    Ok(Some(frame))
}
