//! Path data: `AbbreviatedData` to SVG.

use super::geometry::number;

/// A path in SVG syntax and the points that bound it.
pub(super) struct PathData {
    pub(super) svg: String,
    pub(super) points: Vec<(f64, f64)>,
}

/// Translates path data; `None` when there is something in it that is not understood.
///
/// Operators: `S`/`M` begin, `L` line, `Q` and `B` curves, `A` arc, `C` close.
pub(super) fn translate(data: &str) -> Option<PathData> {
    let mut svg = String::with_capacity(data.len());
    let mut points = Vec::new();
    let mut tokens = data
        .split(|c: char| c.is_whitespace() || c == ',')
        .filter(|t| !t.is_empty());
    let mut pending = tokens.next();
    while let Some(token) = pending {
        let (operator, letter, count) = match token {
            "S" | "M" => ('M', 'M', 2),
            "L" => ('L', 'L', 2),
            "Q" => ('Q', 'Q', 4),
            "B" => ('B', 'C', 6),
            "A" => ('A', 'A', 7),
            "C" | "Z" => ('C', 'Z', 0),
            _ => return None,
        };
        if count > 0 && operator != 'M' && svg.is_empty() {
            return None;
        }
        svg.push(letter);
        let mut values = [0.0_f64; 7];
        for value in values.iter_mut().take(count) {
            *value = tokens
                .next()?
                .parse()
                .ok()
                .filter(|n: &f64| n.is_finite())?;
        }
        let values = &values[..count];
        if operator == 'A' {
            // Radii only bound the arc when added to its end; flags are 0 or 1 in SVG.
            let flags = [values[3] != 0.0, values[4] != 0.0].map(u8::from);
            let [rx, ry, angle] = [values[0].abs(), values[1].abs(), values[2]].map(number);
            let end = (values[5], values[6]);
            svg.push_str(&format!(
                "{rx} {ry} {angle} {} {} {} {}",
                flags[0],
                flags[1],
                number(end.0),
                number(end.1)
            ));
            let reach = 2.0 * values[0].abs().max(values[1].abs());
            points.extend([
                (end.0 - reach, end.1 - reach),
                (end.0 + reach, end.1 + reach),
            ]);
        } else {
            for (nth, value) in values.iter().enumerate() {
                if nth > 0 {
                    svg.push(' ');
                }
                svg.push_str(&number(*value));
            }
            points.extend(values.chunks_exact(2).map(|pair| (pair[0], pair[1])));
        }
        pending = tokens.next();
    }
    (!svg.is_empty()).then_some(PathData { svg, points })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_become_those_of_svg() {
        let path = translate("M 0 0 L 10 0.5 B 1 2 3 4 5 6 Q 1 1 2 2 A 5 5 0 1 0 9 9 C").unwrap();
        assert_eq!(path.svg, "M0 0L10 0.5C1 2 3 4 5 6Q1 1 2 2A5 5 0 1 0 9 9Z");
        assert!(translate("S 1 1 L 2 2 C M 3 3 L 4 4").is_some());
    }

    #[test]
    fn what_is_no_path_is_not_drawn() {
        for data in ["", "L 1 1", "M 1", "M 1 x", "X 1 2", "M NaN 1", "<script>"] {
            assert!(translate(data).is_none(), "{data}");
        }
    }
}
