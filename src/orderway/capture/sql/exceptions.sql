-- name: list
-- What stands in the way of orders: doubts about inputs, findings, goods that lack, payments that came back, and what stopped on the desk.
select x.source, x.id, x.code, x.state, x.command, x.subject_type, x.subject_id, x.stopped, coalesce(o.number, x.label) as label, x.facts, x.since,
       o.currency, coalesce(p.name, '') as customer
from (
    select 'intake' as source, i.id, f.code, i.state, '' as command, 'intake' as subject_type, i.id as subject_id, i.id as stopped,
           i.name as label,
           f.facts, coalesce(i.read_at, m.received_at, m.written_at) as since, i.customer_id
    from intake i join message m on m.id = i.message_id
    cross join lateral (
        select distinct on (d.doubt ->> 0) d.doubt ->> 0 as code, (d.doubt -> 1)::text as facts
        from jsonb_array_elements(i.findings) as d (doubt) where i.state = 'review'
        union all
        select 'unreadable', i.reasons::text
        where (i.state = 'rejected' or i.findings = '[]'::jsonb) and i.reasons <> '[]'::jsonb and i.reasons -> 0 ->> 'code' <> 'as-written'
    ) f
    where i.state in ('review', 'rejected') and {visible intake i}
    union all
    select 'finding', f.id, f.check_name, f.severity, '', 'order', f.order_id, f.id, '', f.evidence::text, f.at, null
    from finding f join sales_order s on s.id = f.order_id and s.state in ('placed', 'held')
    where not f.passed and f.waived_reason = '' and {visible finding f}
    union all
    select 'short', l.order_id, 'short', '', '', 'order', l.order_id, l.order_id, '', jsonb_build_object('lines', jsonb_agg(i.number order by i.number))::text,
           min(d.placed_at), null
    from demand d
    join order_line l on l.demand_id = d.id
    join sales_order s on s.id = l.order_id and s.state = 'confirmed'
    join item i on i.id = d.item_id and i.kind = 'goods'
    where d.met < d.quantity and d.allocated + d.met < d.quantity and {visible demand d}
    group by l.order_id
    union all
    select 'payment', i.id, 'charged-back', '', '', 'order', i.order_id, i.id, i.number,
           jsonb_build_object('number', i.number, 'amount', -b.amount, 'reference', b.reference, 'open', i.due - i.paid)::text, b.at, null
    from payment b join invoice i on i.id = b.invoice_id and i.kind <> 'credit_note' and i.paid < i.due
    where b.amount < 0 and {visible payment b}
      and not exists (select 1 from payment later where later.invoice_id = b.invoice_id and later.id > b.id)
    union all
    select 'desk', e.id, e.code,
           case when t.tokens is not null then 'stuck' when m.id is not null then 'mail' when b.id is not null then 'carrier' when e.event_id is not null then 'reaction' else '' end,
           e.command, coalesce(t.subject_type, m.subject_type, case when b.id is not null then 'order' end, v.root_type, ''),
           coalesce(t.subject_id, m.subject_id, b.order_id, v.root_id, e.subject_id),
           e.subject_id, coalesce(m.subject, e.command),
           (e.facts || case when t.tokens is null then '{}'::jsonb else jsonb_build_object('tokens', t.tokens) end)::text, e.opened_at, null
    from desk_exception e
    left join message m on e.command = 'mail.resend' and m.id = e.subject_id
    left join booking b on e.command = 'fulfilment.book_again' and b.id = e.subject_id
    left join event v on v.id = e.event_id
    left join lateral (
        select n.subject_type, n.subject_id, jsonb_agg(t.id order by t.id) as tokens
        from (
            select named.id::bigint from jsonb_array_elements(coalesce(e.facts -> 'tokens', '[]'::jsonb)) as named (id)
            union all
            select k.id from process_instance r join token k on k.instance_id = r.id
            where e.command = 'workflow.advance' and e.facts -> 'tokens' is null and r.root_id = e.subject_id
        ) w join token t on t.id = w.id and t.state = 'stuck' join process_instance n on n.id = t.instance_id and {visible process_instance n}
        group by n.subject_type, n.subject_id order by min(t.id) limit 1
    ) t on true
    where e.state = 'open' and (m.id is null or m.state = 'failed') and {visible desk_exception e}
) x
left join sales_order o on x.subject_type = 'order' and o.id = x.subject_id and {visible sales_order o}
left join party p on p.id = coalesce(o.customer_id, x.customer_id) and {visible party p}
where true
  and x.code = any(%(codes)s::text[]) --? codes
  and x.code <> all(%(others)s::text[]) --? others
  and x.source = 'desk' --? desk
  and x.id = %(id)s::bigint --? id
  and (coalesce(o.number, x.label) ilike '%%' || %(words)s::text || '%%' or p.name ilike '%%' || %(words)s::text || '%%' --? words
       or exists (select 1 from jsonb_path_query(x.facts::jsonb, '$.**') as f (fact) --? words
                  where jsonb_typeof(f.fact) in ('string', 'number') and f.fact #>> '{}' ilike '%%' || %(words)s::text || '%%')) --? words
order by {sort} limit %(limit)s::integer offset %(offset)s::integer

-- name: stopped
-- What stands open on the desk of these, with what it is about, the event it followed, and whether a step stands still on its map.
select e.id, e.command, e.code, e.subject_id, e.event_id, v.root_id as event_root,
       coalesce(m.subject_type, v.root_type, '') as root_type, coalesce(m.subject_id, v.root_id, e.subject_id) as root_id,
       exists (select 1 from jsonb_array_elements(coalesce(e.facts -> 'tokens', '[]'::jsonb)) as named (id)
               join token t on t.id = named.id::bigint and t.state = 'stuck')
       or e.command = 'workflow.advance' and e.facts -> 'tokens' is null
          and exists (select 1 from process_instance r join token k on k.instance_id = r.id and k.state = 'stuck'
                      where r.root_id = e.subject_id) as stuck
from desk_exception e
left join message m on e.command = 'mail.resend' and m.id = e.subject_id
left join event v on v.id = e.event_id
where e.id = any(%(ids)s::bigint[]) and e.state = 'open' and {visible desk_exception e}
order by e.id
for update of e --? lock
