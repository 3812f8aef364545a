-- name: order
-- The facts of orders; `price_sheet` is the hash of what was calculated: the filed sheet, else the lines' prices.
select o.id, o.number || ' ' || p.name as title, o.number, p.name as customer, o.channel, o.ship_country as country, o.net,
       o.currency, o.prepay_percent, o.requested_on, l.lines, l.made_lines, l.short_lines, coalesce(s.sha256, l.prices) as price_sheet
from sales_order o
join party p on p.id = o.customer_id
left join lateral (
    select count(*) as lines,
           count(*) filter (where i.kind = 'made') as made_lines,
           count(*) filter (where d.quantity - d.met > d.allocated) as short_lines,
           md5(string_agg(concat_ws(':', x.item_id, x.quantity, x.price, x.per, x.discount), ';' order by x.id)) as prices
    from order_line x join item i on i.id = x.item_id left join demand d on d.id = x.demand_id
    where x.order_id = o.id
) l on true
left join lateral (
    select b.sha256 from document d join document_version v on v.document_id = d.id join blob b on b.id = v.blob_id
    where d.parcel_id = o.parcel_id and d.kind = 'price_sheet'
    order by d.id desc, v.number desc limit 1
) s on true
where o.id = any(%(ids)s::bigint[]) and o.company_id = %(company)s::bigint
