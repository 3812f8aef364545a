-- name: take
-- Move the counter of a series on and answer the first number taken.
insert into number_series as s (company_id, series, next)
values (%(company)s::bigint, %(series)s::text, 1 + %(count)s::bigint)
on conflict (company_id, series) do update set next = s.next + %(count)s::bigint
returning next - %(count)s::bigint as first
