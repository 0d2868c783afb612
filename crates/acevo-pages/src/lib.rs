#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(target_endian = "big")]
compile_error!("the game's pages are little-endian, so this crate supports little-endian machines only");

mod capture;
mod decode;
mod error;
mod frame;
mod mapper;
mod packets;
pub mod page;
mod protocol;
#[cfg(feature = "publish")]
mod publish;
mod raw_page;
pub mod source;
mod validity;
mod view;

pub use error::Error;
pub use frame::Frame;
pub use mapper::ACEvoSharedMemoryMapper;
pub use packets::{Arrival, Histogram, Packet, Packets, PageStats, Polling, Stats};
#[doc(no_inline)]
pub use page::{
    EnumType, Field, FieldType, Implausible, List, Page, PageKind, SMEvoAssistsState, SMEvoDamageState,
    SMEvoElectronics, SMEvoInstrumentation, SMEvoPitInfo, SMEvoSessionState, SMEvoTimingState, SMEvoTyreState,
    SPageFileGraphicEvo, SPageFilePhysics, SPageFileStaticEvo, Text, Value,
};
pub use protocol::{
    ACEvoCarLocation, ACEvoEngineType, ACEvoFlagType, ACEvoSessionType, ACEvoStartingGrip, ACEvoStatus,
};
#[cfg(feature = "publish")]
pub use publish::{CounterOrder, Publisher};
pub use raw_page::RawPage;
#[cfg(unix)]
#[doc(no_inline)]
pub use source::PageDirectory;
#[doc(no_inline)]
pub use source::{Finding, LocalPages, MAX_SECTION_BYTES, Outcome, Source, survey};
pub use validity::{PhysicsTracker, PhysicsValidity};
pub use view::{Car, CarId, Gear, GraphicsView, PhysicsView, StaticView, TyreCompounds, View, Wheels};
