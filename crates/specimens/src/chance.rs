//! Chance that can be repeated: the same seed draws the same case on every machine.

/// A stream of numbers (splitmix64).
#[derive(Debug, Clone)]
pub struct Chance(u64);

impl Chance {
    /// The stream of a seed made of several numbers.
    #[must_use]
    pub fn of(seed: &[u64]) -> Self {
        let mut chance = Self(0x5EA1_5EA1_0000_0001);
        for part in seed {
            chance.0 = chance.bits() ^ part.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        }
        chance
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0)
    }

    /// From 0 to below 1.
    pub fn unit(&mut self) -> f32 {
        (self.bits() >> 40) as f32 / (1_u64 << 24) as f32
    }

    /// Between two numbers.
    pub fn between(&mut self, from: f32, to: f32) -> f32 {
        from + (to - from) * self.unit()
    }

    /// A tenth of a millimetre between two numbers.
    pub fn tenth(&mut self, from: f32, to: f32) -> f32 {
        (self.between(from, to) * 10.0).round() / 10.0
    }

    /// A whole number, both ends included.
    pub fn whole(&mut self, from: u32, to: u32) -> u32 {
        from + (self.bits() % u64::from(to - from + 1)) as u32
    }

    /// True so often.
    pub fn happens(&mut self, share: f32) -> bool {
        self.unit() < share
    }

    /// One of several.
    pub fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[(self.bits() % of.len() as u64) as usize]
    }

    /// Around zero, mostly within one to either side.
    pub fn normal(&mut self) -> f32 {
        // Twelve uniform numbers make a bell of variance one.
        (0..12).map(|_| self.unit()).sum::<f32>() - 6.0
    }
}

fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

/// A smooth field of chance over the plane, from 0 to 1 (value noise).
#[derive(Debug, Clone, Copy)]
pub struct Grain(u32);

impl Grain {
    /// A field drawn from a stream.
    pub fn draw(chance: &mut Chance) -> Self {
        Self(chance.bits() as u32)
    }

    /// Its value at a point; knots stand one apart.
    #[must_use]
    pub fn at(self, x: f32, y: f32) -> f32 {
        let (left, top) = (x.floor(), y.floor());
        let (u, v) = (ease(x - left), ease(y - top));
        let (i, j) = (left as i32, top as i32);
        let above = self.knot(i, j) * (1.0 - u) + self.knot(i + 1, j) * u;
        let below = self.knot(i, j + 1) * (1.0 - u) + self.knot(i + 1, j + 1) * u;
        above * (1.0 - v) + below * v
    }

    /// Three octaves of it.
    #[must_use]
    pub fn cloud(self, x: f32, y: f32) -> f32 {
        (self.at(x, y) * 4.0
            + self.at(x * 2.0 + 11.3, y * 2.0 + 4.7) * 2.0
            + self.at(x * 4.0 + 3.1, y * 4.0 + 8.9))
            / 7.0
    }

    /// A number of its own for each point of a grid, from 0 to 1.
    #[must_use]
    pub fn knot(self, x: i32, y: i32) -> f32 {
        let mut bits =
            (x as u32).wrapping_mul(0x9E37_79B1) ^ (y as u32).wrapping_mul(0x85EB_CA6B) ^ self.0;
        bits = (bits ^ (bits >> 15)).wrapping_mul(0x2C1B_3C6D);
        bits = (bits ^ (bits >> 12)).wrapping_mul(0x297A_2D39);
        ((bits ^ (bits >> 15)) >> 8) as f32 / (1_u32 << 24) as f32
    }
}

fn ease(t: f32) -> f32 {
    t * t * (3.0 - 2.0 * t)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_draws_the_same() {
        let draw = |seed: &[u64]| {
            let mut chance = Chance::of(seed);
            [chance.bits(), chance.bits(), chance.bits()]
        };
        assert_eq!(draw(&[1, 2, 3]), draw(&[1, 2, 3]));
        assert_ne!(draw(&[1, 2, 3]), draw(&[1, 2, 4]));
        assert_ne!(draw(&[0, 1]), draw(&[1, 0]));
    }

    #[test]
    fn numbers_keep_to_their_bounds() {
        let mut chance = Chance::of(&[7]);
        for _ in 0..1000 {
            assert!((2.0..3.0).contains(&chance.between(2.0, 3.0)));
            assert!((4..=6).contains(&chance.whole(4, 6)));
        }
        let grain = Grain::draw(&mut chance);
        for step in 0..1000 {
            let at = step as f32 * 0.37 - 90.0;
            assert!((0.0..=1.0).contains(&grain.cloud(at, -at)));
        }
    }
}
