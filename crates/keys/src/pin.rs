//! The holder's PIN (签章口令): the rule, its keyed hash, and the count of wrong tries.

use argon2::{Algorithm, Argon2, Params, Version};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// So many wrong PINs in a row lock the key.
const TRIES: u8 = 5;

/// What is kept about a PIN.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct PinState {
    /// Random, hex.
    salt: String,
    /// Argon2id of the PIN, hex.
    hash: String,
    /// Wrong tries in a row.
    failures: u8,
}

/// What a try at the PIN came to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Attempt {
    Right,
    Wrong { left: u8 },
    Locked,
}

impl PinState {
    /// The state after setting a PIN.
    pub(crate) fn new(pin: &str, pepper: &[u8; 32]) -> Self {
        let salt = gm::random_bytes::<16>();
        Self {
            salt: hex::encode(salt),
            hash: hex::encode(hash(pin, &salt, pepper).as_slice()),
            failures: 0,
        }
    }

    /// Tries a PIN and counts; the caller keeps the state before it answers.
    pub(crate) fn attempt(&mut self, pin: &str, pepper: &[u8; 32]) -> Attempt {
        if self.failures >= TRIES {
            return Attempt::Locked;
        }
        // A salt that does not decode came from a damaged record; its hash fits no PIN.
        let salt = hex::decode(&self.salt).unwrap_or_default();
        let expected = hex::decode(&self.hash).unwrap_or_default();
        if salt.len() == 16 && bool::from(hash(pin, &salt, pepper).as_slice().ct_eq(&expected)) {
            self.failures = 0;
            return Attempt::Right;
        }
        self.failures += 1;
        match TRIES - self.failures {
            0 => Attempt::Locked,
            left => Attempt::Wrong { left },
        }
    }

    /// Whether wrong tries are on record.
    pub(crate) fn has_failures(&self) -> bool {
        self.failures > 0
    }
}

/// The rule for a new PIN: 6 to 64 characters, not one character repeated, not an ascending or descending run
/// (`123456`, `fedcba`, `890123`).
pub(crate) fn is_strong_enough(pin: &str) -> bool {
    let characters: Vec<char> = pin.chars().take(65).collect();
    (6..=64).contains(&characters.len())
        && ![0, 1, -1].into_iter().any(|step| is_run(&characters, step))
}

fn is_run(characters: &[char], step: i64) -> bool {
    characters.windows(2).all(|pair| {
        let difference = i64::from(u32::from(pair[1])) - i64::from(u32::from(pair[0]));
        difference == step
            || (step == 1 && pair == ['9', '0'])
            || (step == -1 && pair == ['0', '9'])
    })
}

/// Argon2id, 19 MiB, 2 passes, keyed: about 20 ms.
fn hash(pin: &str, salt: &[u8], pepper: &[u8; 32]) -> Zeroizing<[u8; 32]> {
    let mut out = Zeroizing::new([0; 32]);
    let params = Params::new(19 * 1024, 2, 1, Some(32)).expect("these constants are in range");
    Argon2::new_with_secret(pepper, Algorithm::Argon2id, Version::V0x13, params)
        .and_then(|argon2| argon2.hash_password_into(pin.as_bytes(), salt, out.as_mut()))
        .expect("a 32-byte secret and a 16-byte salt are in range, and so is the 32-byte output");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_pins_are_refused() {
        for weak in [
            "",
            "1",
            "12345",
            "111111",
            "123456",
            "654321",
            "890123",
            "210987",
            "abcdef",
            "fedcba",
            "一一一一一一",
            &"ab".repeat(33),
        ] {
            assert!(!is_strong_enough(weak), "{weak}");
        }
        for strong in [
            "112233",
            "135790",
            "印章口令安全",
            "123457",
            &"ab".repeat(32),
        ] {
            assert!(is_strong_enough(strong), "{strong}");
        }
    }

    #[test]
    fn five_wrong_tries_lock_and_a_right_one_before_forgives() {
        let pepper = [7; 32];
        let mut state = PinState::new("135790", &pepper);
        assert_eq!(state.attempt("135791", &pepper), Attempt::Wrong { left: 4 });
        assert_eq!(state.attempt("135790", &pepper), Attempt::Right);
        for left in [4, 3, 2, 1] {
            assert_eq!(state.attempt("000000", &pepper), Attempt::Wrong { left });
        }
        assert_eq!(state.attempt("000000", &pepper), Attempt::Locked);
        assert_eq!(state.attempt("135790", &pepper), Attempt::Locked);
    }

    #[test]
    fn without_the_pepper_the_hash_fits_nothing() {
        let mut state = PinState::new("135790", &[7; 32]);
        assert_eq!(
            state.attempt("135790", &[8; 32]),
            Attempt::Wrong { left: 4 }
        );
    }
}
