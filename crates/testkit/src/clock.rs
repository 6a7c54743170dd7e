use std::sync::Mutex;

use jiff::{SignedDuration, Timestamp};
use platform::ports::Clock;

/// A clock that stands still until a test moves it.
#[derive(Debug)]
pub struct TestClock(Mutex<Timestamp>);

impl TestClock {
    /// Stands at this moment.
    pub fn at(moment: Timestamp) -> Self {
        Self(Mutex::new(moment))
    }

    /// Goes to this moment.
    pub fn set(&self, moment: Timestamp) {
        *self.0.lock().unwrap() = moment;
    }

    /// Goes on by so much, and answers the moment reached.
    pub fn advance(&self, by: SignedDuration) -> Timestamp {
        let mut now = self.0.lock().unwrap();
        *now += by;
        *now
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}
