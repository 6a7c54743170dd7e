use jiff::Timestamp;

/// The only source of the present moment.
pub trait Clock: Send + Sync {
    /// The present moment in UTC.
    fn now(&self) -> Timestamp;
}
