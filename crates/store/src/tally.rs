use async_trait::async_trait;
use duplicate::duplicate_item;
use platform::ports::store::{StoreError, Tally, TallyBy, TallyFilter, TallyStore, TallySum};
use sqlx::{Postgres, QueryBuilder, Sqlite};

use crate::column::Columns;
use crate::error::failed;
use crate::transaction::SqlTx;

#[duplicate_item(Db; [Sqlite]; [Postgres])]
#[async_trait]
impl TallyStore for SqlTx<Db> {
    async fn tally_add(&mut self, tally: &Tally) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO tallies (subject, day, city, business, kind, item, place, amount, seconds) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
             ON CONFLICT (subject, day, city, business, kind, item, place) DO UPDATE SET \
             amount = tallies.amount + excluded.amount, seconds = tallies.seconds + excluded.seconds",
        )
        .bind(tally.subject)
        .bind(tally.day)
        .bind(&tally.city)
        .bind(&tally.business)
        .bind(&tally.kind)
        .bind(&tally.item)
        .bind(&tally.place)
        .bind(tally.amount)
        .bind(tally.seconds)
        .execute(&mut *self.tx)
        .await
        .map_err(failed)?;
        Ok(())
    }

    async fn tallies(
        &mut self,
        filter: &TallyFilter,
        by: TallyBy,
    ) -> Result<Vec<TallySum>, StoreError> {
        let column = match by {
            TallyBy::Item => "item",
            TallyBy::Place => "place",
            TallyBy::City => "city",
            TallyBy::Business => "business",
            TallyBy::Kind => "kind",
            TallyBy::Day => "CAST(day AS TEXT)",
        };
        let mut query = QueryBuilder::<Db>::new("SELECT ");
        query.push(column).push(
            " AS of_what, CAST(sum(amount) AS BIGINT) AS amount, \
             CAST(sum(seconds) AS BIGINT) AS seconds FROM tallies WHERE subject = ",
        );
        query.push_bind(filter.subject);
        query.push(" AND day >= ").push_bind(filter.from);
        query.push(" AND day <= ").push_bind(filter.until);
        let narrowed = [
            (" AND city = ", &filter.city),
            (" AND business = ", &filter.business),
            (" AND kind = ", &filter.kind),
        ];
        for (and, value) in narrowed {
            if let Some(value) = value {
                query.push(and).push_bind(value.clone());
            }
        }
        query
            .push(" GROUP BY ")
            .push(column)
            .push(" ORDER BY amount DESC, of_what LIMIT 1000");
        let rows = query
            .build()
            .fetch_all(&mut *self.tx)
            .await
            .map_err(failed)?;
        rows.iter()
            .map(|row| {
                Ok(TallySum {
                    of: row.text("of_what")?,
                    amount: row.count("amount")?,
                    seconds: row.count("seconds")?,
                })
            })
            .collect()
    }
}
