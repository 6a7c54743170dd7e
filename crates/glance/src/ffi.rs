//! The door to a browser. The only module with `unsafe`: addresses come from the other side, which gives back no more than
//! it took (`glance-worker.js`).
#![expect(
    unsafe_code,
    reason = "exports with addresses are the only way into WebAssembly"
)]

use serde::Serialize;

use crate::answer::{examine, frame};

/// Makes room for bytes and tells where.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn glance_take(length: usize) -> *mut u8 {
    let mut room = vec![0u8; length].into_boxed_slice();
    let address = room.as_mut_ptr();
    std::mem::forget(room);
    address
}

/// Gives room back.
///
/// # Safety
/// The address and length are those of a [`glance_take`] or of an answer, and are given back once.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn glance_give(address: *mut u8, length: usize) {
    // SAFETY: the caller's promise.
    drop(unsafe { taken(address, length) });
}

/// Looks at a video frame of four bytes a pixel, and gives its room back.
///
/// # Safety
/// As [`glance_give`].
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn glance_frame(
    address: *mut u8,
    length: usize,
    width: u32,
    height: u32,
) -> *mut u8 {
    // SAFETY: the caller's promise.
    let rgba = unsafe { taken(address, length) };
    answer(&frame(&rgba, width, height))
}

/// Looks at a photo, and gives its room back.
///
/// # Safety
/// As [`glance_give`].
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn glance_examine(address: *mut u8, length: usize) -> *mut u8 {
    // SAFETY: the caller's promise.
    let file = unsafe { taken(address, length) };
    answer(&examine(file))
}

/// Room that was given out, taken back.
///
/// # Safety
/// As [`glance_give`].
unsafe fn taken(address: *mut u8, length: usize) -> Vec<u8> {
    // SAFETY: `glance_take` made a boxed slice of this length at this address.
    unsafe { Box::from_raw(std::ptr::slice_from_raw_parts_mut(address, length)) }.into_vec()
}

/// An answer as length and JSON.
fn answer(value: &impl Serialize) -> *mut u8 {
    let json = serde_json::to_vec(value).unwrap_or_default();
    let room = glance_take(json.len() + 4);
    // SAFETY: the room was just made, 4 bytes longer than the JSON.
    let bytes = unsafe { std::slice::from_raw_parts_mut(room, json.len() + 4) };
    bytes[..4].copy_from_slice(&(json.len() as u32).to_le_bytes());
    bytes[4..].copy_from_slice(&json);
    room
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_comes_back_and_all_room_is_given_back() {
        let room = glance_take(8);
        // SAFETY: the room and the answer are used as the worker does.
        unsafe {
            std::ptr::copy_nonoverlapping(b"no photo".as_ptr(), room, 8);
            let told = glance_examine(room, 8);
            let length = u32::from_le_bytes(*told.cast::<[u8; 4]>()) as usize;
            let json = std::slice::from_raw_parts(told.add(4), length);
            assert!(
                std::str::from_utf8(json)
                    .unwrap()
                    .contains("scan_not_a_picture")
            );
            glance_give(told, length + 4);
        }
    }
}
