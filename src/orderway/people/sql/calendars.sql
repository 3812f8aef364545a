-- name: all
-- The calendars of the company ('') and its departments with their days off; or the one of `department`.
select p.key, p.timezone,
       (select json_agg(json_build_array(h.weekday, h.opens, h.closes) order by h.weekday, h.opens)
        from working_hours h
        where {visible working_hours h} and h.department_id is not distinct from p.hours_of) as hours,
       array(select y.day from holiday y
             where {visible holiday y} and (y.department_id is null or y.department_id = p.id)) as holidays
from (
    select null::bigint as id, '' as key, c.timezone, null::bigint as hours_of from company c where c.id = %(company)s::bigint
    union all
    select d.id, d.key, coalesce(nullif(d.timezone, ''), c.timezone),
           case when exists (select from working_hours o where o.department_id = d.id) then d.id end
    from department d join company c on c.id = d.company_id
    where {visible department d}
      and d.key = %(department)s::text --? department
    order by 2 desc --? department
    limit 1 --? department
) p
order by p.key

-- name: head
-- What a department, or with '' the company, is called, and its time zone.
select c.name, c.timezone from company c where c.id = %(company)s::bigint and %(department)s::text = ''
union all
select d.name, d.timezone from department d where d.key = %(department)s::text and {visible department d}

-- name: hours
-- The working hours that count for a department, or with '' for the company.
with of as (
    select d.id from department d where d.key = %(department)s::text and {visible department d}
), own as (
    select h.* from working_hours h join of on of.id = h.department_id
)
select own.id, own.weekday, own.opens, own.closes, true as own from own
union all
select h.id, h.weekday, h.opens, h.closes, %(department)s::text = '' as own
from working_hours h
where {visible working_hours h} and h.department_id is null and not exists (select from own)
order by weekday, opens

-- name: holidays
-- The days off of a department and of the company, from last year on.
select y.id, y.day, y.name, coalesce(d.key, '') as department
from holiday y left join department d on d.id = y.department_id
where {visible holiday y} and y.day >= date_trunc('year', %(now)s::timestamptz)::date - 365
  and (y.department_id is null or d.key = %(department)s::text)
order by y.day, y.id

-- name: departments
-- The departments of the company by name.
select d.id, d.key, d.name, d.timezone from department d where {visible department d} order by d.name, d.id

-- name: lock
-- Lock departments in key order.
select d.id, d.key, d.timezone from department d
where d.key = any(%(keys)s::text[]) and {visible department d}
order by d.id for update

-- name: set_timezones
-- Write the time zones of departments.
update department d set timezone = z.timezone
from unnest(%(id)s::bigint[], %(timezone)s::text[]) as z (id, timezone) where d.id = z.id

-- name: clear_hours
-- Forget the working hours of departments, and with `whole` those of the company.
delete from working_hours h
where {visible working_hours h}
  and (h.department_id = any(%(ids)s::bigint[]) or h.department_id is null and %(whole)s::boolean)

-- name: insert_hours
-- Write working hours; no department stands for the company.
insert into working_hours (company_id, department_id, weekday, opens, closes)
select %(company)s::bigint, h.department, h.weekday, h.opens, h.closes
from unnest(%(department)s::bigint[], %(weekday)s::smallint[], %(opens)s::smallint[], %(closes)s::smallint[])
     as h (department, weekday, opens, closes)

-- name: insert_holidays
-- Write days off; one that is known is only renamed.
insert into holiday (company_id, department_id, day, name)
select %(company)s::bigint, d.id, y.day, y.name
from unnest(%(day)s::date[], %(name)s::text[], %(department)s::text[]) with ordinality as y (day, name, department, place)
left join department d on d.company_id = %(company)s::bigint and d.key = y.department
order by y.place
on conflict (company_id, day, department_id) do update set name = excluded.name
returning id

-- name: lock_holidays
-- Lock days off in key order.
select y.id, y.day, y.name from holiday y where y.id = any(%(ids)s::bigint[]) and {visible holiday y} order by y.id for update

-- name: delete_holidays
-- Forget days off.
delete from holiday where id = any(%(ids)s::bigint[])
