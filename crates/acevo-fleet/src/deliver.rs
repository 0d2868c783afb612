//! Delivering files to a store: a folder, an HTTP server, or addresses of another service.
//!
//! - [`Store`] is what a store has to do: [`FolderStore`], [`UploadStore`], [`PresignedStore`].
//! - [`Pace`] decides when bytes are sent; [`Throttle`] limits their rate.
//! - [`Fingerprint`] and [`Sha256`] identify a content, and [`FileIndex`] keeps what is known about files.
//! - [`wire`] has the headers of the protocol, which the receiver uses, too.

mod address;
mod body;
mod digest;
mod folder;
mod index;
mod presigned;
mod store;
mod throttle;
mod upload;
pub mod wire;

pub use self::address::path_part;
pub use self::digest::{Fingerprint, NotADigest, Sha256};
pub use self::folder::{FolderStore, names};
pub use self::index::{FileIndex, IndexEntry, modified_us};
pub use self::presigned::PresignedStore;
pub use self::store::{DeliveryError, Interrupted, Lasting, Origin, Pace, Parcel, Receipt, Step, Store};
pub use self::throttle::Throttle;
pub use self::upload::UploadStore;
