//! The list of laps, which is sent in pieces, so that a long one neither takes much memory nor delays frames.

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::Body;
use futures_util::stream;

use super::lap_texts::Array;
use super::server::Server;

/// Laps in a piece of an answer, about 128 KiB.
const PIECE: usize = 64;

/// The laps from this index on as an array. Laps that end while the array is sent are not in it.
pub(super) fn document(server: &Arc<Server>, from: usize) -> Body {
    let server = Arc::clone(server);
    let (first, end) = {
        let state = server.state();
        let laps = state.laps();
        (from.clamp(laps.first(), laps.ended), laps.ended)
    };
    let pieces = stream::unfold(Some((first, Array::default())), move |next| {
        let server = Arc::clone(&server);
        async move {
            let (begin, mut array) = next?;
            if begin > first {
                // Other clients get their frames between two pieces.
                tokio::task::yield_now().await;
            }
            let state = server.state();
            let stop = begin.saturating_add(PIECE).min(end);
            let elements = server.laps.elements(begin..stop, &state.laps(), |index| state.trace(index).is_some());
            let piece = array.piece(&elements, stop == end);
            Some((Ok::<_, Infallible>(piece), (stop < end).then_some((stop, array))))
        }
    });
    Body::from_stream(pieces)
}
