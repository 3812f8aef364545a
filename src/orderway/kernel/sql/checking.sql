-- name: against_events
-- Columns whose last recorded value is not what the row holds, and recorded rows that are gone.
with change as (
    select e.id as event_id, (c.value ->> 'id')::bigint as id, c.value -> 'new' as new
    from event e cross join lateral jsonb_array_elements((e.data -> 'changes')::jsonb) as c
    where c.value ->> 'table' = %(table)s::text
), latest as (
    select distinct on (change.id, v.key) change.id, v.key, v.value
    from change cross join lateral jsonb_each(change.new) as v
    order by change.id, v.key, change.event_id desc
), told as (
    select id, jsonb_object_agg(key, value) as row from latest group by id
)
select told.id, k.key as column, k.value::text as expected, (to_jsonb(t) -> k.key)::text as found
from told
left join {table} t on t.id = told.id
cross join lateral jsonb_each(told.row) as k
where (to_jsonb(jsonb_populate_record(null::{table}, told.row)) -> k.key) is distinct from (to_jsonb(t) -> k.key)
order by told.id, k.key
