//! Fills a register of any size by statements of the database itself: rows like those that are there, with keys, units
//! and moments of their own.

use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _, SqliteConnection};

use crate::sample::Failure;

/// Units and people at the largest size; smaller registers have fewer.
const UNITS: u32 = 20_000;
const PEOPLE: u32 = 60_000;
/// Rows of one statement.
const CHUNK: u32 = 50_000;
/// Stages of a province at work, in parts of a thousand.
const STAGES: [(&str, u32); 9] = [
    ("draft", 20),
    ("unit_approval", 5),
    ("hand_in", 5),
    ("consolidation", 5),
    ("acceptance", 5),
    ("first_review", 5),
    ("final_review", 5),
    ("production", 5),
    ("collection", 30),
];
/// Two characters each make the units' and seals' names.
const SYLLABLES: &str = "永泰连江罗源闽清长乐福清平潭莆田仙游荔城涵江秀屿三明永安明溪清流宁化大田尤溪沙县将乐建宁泉州\
                         鲤城丰泽洛江惠安安溪德化金门石狮晋江南安漳州芗城龙文龙海云霄漳浦诏安长泰东山南靖平和华安\
                         南平延平建阳邵武武夷建瓯顺昌浦城光泽松溪政和龙岩新罗永定漳平长汀上杭武平连城宁德蕉城福安";
const OFFICES: &str = "医保税务教育公安民政财政交通水利农业卫健应急审计统计林业体育信访";

enum Database {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// A register being filled.
pub(crate) struct Filler {
    database: Database,
    filled: u32,
}

impl Filler {
    /// At the register of an address.
    pub(crate) async fn open(url: &str) -> Result<Self, Failure> {
        let database = if let Some(path) = url.strip_prefix("sqlite:") {
            Database::Sqlite(SqliteConnection::connect(&format!("sqlite://{path}")).await?)
        } else {
            Database::Postgres(PgConnection::connect(url).await?)
        };
        Ok(Self {
            database,
            filled: 0,
        })
    }

    /// Fills up to so many cases, half as many seals, and units and people to go with them.
    pub(crate) async fn fill(&mut self, cases: u32) -> Result<(), Failure> {
        let before = self.filled;
        let share =
            |whole: u32, cases: u32| (u64::from(whole) * u64::from(cases) / 1_000_000) as u32;
        let (units, people) = (share(UNITS, cases), share(PEOPLE, cases));
        let names = self.take_name_indexes().await?;
        self.units(share(UNITS, before), units).await?;
        self.people(share(PEOPLE, before), people, units).await?;
        let mut from = before;
        let mut used = 0;
        let new = cases - before;
        for (stage, parts) in STAGES {
            let count = (u64::from(new) * u64::from(parts) / 1000) as u32;
            self.cases(&format!("stage = '{stage}'"), from, from + count, units)
                .await?;
            from += count;
            used += count;
        }
        self.cases("state = 'closed'", from, from + (new - used), units)
            .await?;
        self.seals(before / 2, cases / 2, units).await?;
        self.traces(before, cases, people).await?;
        self.filled = cases;
        for index in names {
            self.run(&index).await?;
        }
        // As the database's own housekeeping leaves it.
        let tidy = match self.database {
            Database::Sqlite(_) => "ANALYZE",
            Database::Postgres(_) => "VACUUM (ANALYZE)",
        };
        self.run(tidy).await
    }

    /// Takes the indexes of names away and answers how to make them again: that is quicker than to enter every row.
    async fn take_name_indexes(&mut self) -> Result<Vec<String>, Failure> {
        let Database::Postgres(connection) = &mut self.database else {
            return Ok(Vec::new());
        };
        let rows = sqlx::query(
            "SELECT indexname::text, indexdef FROM pg_indexes WHERE indexdef LIKE '%USING gin%'",
        )
        .fetch_all(connection)
        .await?;
        let mut made = Vec::new();
        for row in rows {
            let name: String = row.get(0);
            self.run(&format!("DROP INDEX {name}")).await?;
            made.push(row.get(1));
        }
        Ok(made)
    }

    async fn units(&mut self, from: u32, until: u32) -> Result<(), Failure> {
        let name = self.name("n.i");
        self.copy(
            "units",
            "1 = 1",
            from..until,
            &[
                ("id", self.key(2, "n.i")),
                ("credit_code", format!("'T' || {}", self.digits("n.i", 17))),
                ("full_name", name),
            ],
        )
        .await
    }

    async fn people(&mut self, from: u32, until: u32, units: u32) -> Result<(), Failure> {
        self.copy(
            "accounts",
            "login = 'xian-jingban'",
            from..until,
            &[
                ("id", self.key(3, "n.i")),
                ("login", format!("'u' || {}", self.digits("n.i", 7))),
                ("name", format!("'林' || {}", self.syllable("n.i * 13"))),
                (
                    "resident_digest",
                    format!("'r' || {}", self.digits("n.i", 7)),
                ),
            ],
        )
        .await?;
        let unit = self.key(2, &format!("(n.i % {units})"));
        let person = self.key(3, "n.i");
        let posts = [
            ("person", person),
            ("unit", unit),
            ("ordinal", "0".to_owned()),
        ];
        self.copy(
            "posts",
            "person = (SELECT id FROM accounts WHERE login = 'xian-jingban')",
            from..until,
            &posts,
        )
        .await
    }

    async fn cases(
        &mut self,
        like: &str,
        from: u32,
        until: u32,
        units: u32,
    ) -> Result<(), Failure> {
        let (unit, name) = self.unit_of("n.i", units);
        let back = "t.updated_at - n.i * 20000000";
        self.copy(
            "cases",
            like,
            from..until,
            &[
                ("id", self.key(4, "n.i")),
                (
                    "number",
                    format!("'闽印2025-' || {} || '-0'", self.digits("n.i", 7)),
                ),
                (
                    "title",
                    format!(
                        "{name} || {}",
                        self.pick("n.i / 7", &["", "财务专用章", "合同专用章"])
                    ),
                ),
                ("unit", unit),
                ("unit_name", name),
                (
                    "consolidator",
                    "CASE WHEN n.i % 10 = 0 THEN t.consolidator END".to_owned(),
                ),
                ("updated_at", back.to_owned()),
                ("turn_since", back.to_owned()),
            ],
        )
        .await
    }

    async fn seals(&mut self, from: u32, until: u32, units: u32) -> Result<(), Failure> {
        let (unit, name) = self.unit_of("n.i", units);
        self.copy(
            "seals",
            "1 = 1",
            from..until,
            &[
                ("id", self.key(5, "n.i")),
                ("code", format!("'35' || {}", self.digits("n.i", 12))),
                (
                    "name",
                    format!(
                        "{name} || {}",
                        self.pick("n.i / 7", &["", "财务专用章", "合同专用章"])
                    ),
                ),
                ("unit", unit),
                ("unit_name", name),
                ("updated_at", "t.updated_at - n.i * 20000000".to_owned()),
                ("not_after", "t.not_after + n.i * 1000000".to_owned()),
            ],
        )
        .await
    }

    /// What the cases leave behind: an entry in the ledger and a notice for each. The entries stand before the first
    /// true one, so that the true ones go on.
    async fn traces(&mut self, from: u32, until: u32, people: u32) -> Result<(), Failure> {
        let entry = [("place", "-1 - n.i".to_owned())];
        self.copy("ledger_entries", "place >= 0", from..until, &entry)
            .await?;
        let notice = [
            ("id", self.key(6, "n.i")),
            ("person", self.key(3, &format!("(n.i % {people})"))),
            ("created_at", "t.created_at - n.i * 20000000".to_owned()),
        ];
        self.copy("notices", "1 = 1", from..until, &notice).await
    }

    /// Writes rows like one that is there, with other values in some columns. `n.i` is the row's number.
    async fn copy(
        &mut self,
        table: &str,
        like: &str,
        rows: std::ops::Range<u32>,
        values: &[(&str, String)],
    ) -> Result<(), Failure> {
        let columns = self.columns(table).await?;
        let chosen: Vec<String> = columns
            .iter()
            .map(|column| {
                let value = values.iter().find(|(name, _)| name == column);
                value.map_or_else(|| format!("t.{column}"), |(_, value)| value.clone())
            })
            .collect();
        let (names, chosen) = (columns.join(", "), chosen.join(", "));
        let mut from = rows.start;
        while from < rows.end {
            let until = rows.end.min(from + CHUNK);
            let numbers = match &self.database {
                Database::Sqlite(_) => format!(
                    "WITH RECURSIVE n (i) AS (SELECT {from} UNION ALL SELECT i + 1 FROM n \
                     WHERE i + 1 < {until})"
                ),
                Database::Postgres(_) => format!(
                    "WITH n AS (SELECT i::bigint AS i FROM generate_series({from}, {until} - 1) AS i)"
                ),
            };
            let order = match table {
                "posts" => "ordinal",
                "ledger_entries" => "place",
                _ => "id",
            };
            self.run(&format!(
                "INSERT INTO {table} ({names}) {numbers} SELECT {chosen} FROM n CROSS JOIN \
                 (SELECT * FROM {table} WHERE {like} ORDER BY {order} DESC LIMIT 1) AS t"
            ))
            .await?;
            from = until;
        }
        Ok(())
    }

    async fn columns(&mut self, table: &str) -> Result<Vec<String>, Failure> {
        Ok(match &mut self.database {
            Database::Sqlite(connection) => {
                let sql = format!("SELECT name FROM pragma_table_info('{table}')");
                let rows = sqlx::query(AssertSqlSafe(sql))
                    .fetch_all(connection)
                    .await?;
                rows.iter().map(|row| row.get(0)).collect()
            }
            Database::Postgres(connection) => {
                let sql = format!(
                    "SELECT column_name::text FROM information_schema.columns \
                     WHERE table_name = '{table}' AND table_schema = 'public'"
                );
                let rows = sqlx::query(AssertSqlSafe(sql))
                    .fetch_all(connection)
                    .await?;
                rows.iter().map(|row| row.get(0)).collect()
            }
        })
    }

    async fn run(&mut self, sql: &str) -> Result<(), Failure> {
        let sql = AssertSqlSafe(sql.to_owned());
        match &mut self.database {
            Database::Sqlite(connection) => {
                sqlx::raw_sql(sql).execute(connection).await?;
            }
            Database::Postgres(connection) => {
                sqlx::raw_sql(sql).execute(connection).await?;
            }
        }
        Ok(())
    }

    /// The key of row `number` of a kind.
    fn key(&self, kind: u8, number: &str) -> String {
        match self.database {
            Database::Sqlite(_) => {
                format!("unhex(printf('0000000{kind}000040008000%012x', {number}))")
            }
            Database::Postgres(_) => format!(
                "('0000000{kind}-0000-4000-8000-' || lpad(to_hex({number}), 12, '0'))::uuid"
            ),
        }
    }

    fn digits(&self, number: &str, width: u8) -> String {
        match self.database {
            Database::Sqlite(_) => format!("printf('%0{width}d', {number})"),
            Database::Postgres(_) => format!("lpad(({number})::text, {width}, '0')"),
        }
    }

    fn syllable(&self, number: &str) -> String {
        let count = SYLLABLES.chars().count() / 2;
        format!("substr('{SYLLABLES}', CAST(1 + 2 * (({number}) % {count}) AS INTEGER), 2)")
    }

    fn name(&self, number: &str) -> String {
        let offices = OFFICES.chars().count() / 2;
        format!(
            "{} || {} || substr('{OFFICES}', CAST(1 + 2 * (({number}) % {offices}) AS INTEGER), 2) || '局'",
            self.syllable(&format!("({number}) / 8")),
            self.syllable(&format!("({number}) / 97")),
        )
    }

    fn pick(&self, number: &str, values: &[&str]) -> String {
        let mut sql = format!("CASE ({number}) % {}", values.len());
        for (n, value) in values.iter().enumerate() {
            sql.push_str(&format!(" WHEN {n} THEN '{value}'"));
        }
        sql + " END"
    }

    /// A case's or seal's unit and its name: one in 500 stays with the demonstration's.
    fn unit_of(&self, number: &str, units: u32) -> (String, String) {
        let other = format!("(({number} * 7919) % {units})");
        let own = format!("{number} % 500 = 0");
        (
            format!(
                "CASE WHEN {own} THEN t.unit ELSE {} END",
                self.key(2, &other)
            ),
            format!(
                "CASE WHEN {own} THEN t.unit_name ELSE {} END",
                self.name(&other)
            ),
        )
    }
}
