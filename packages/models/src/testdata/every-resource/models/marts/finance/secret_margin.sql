{{ config(meta={'sensitive': true}) }}
select order_id, amount * 0.3 as margin from {{ ref('ledger') }} l join {{ ref('kit', 'kit_numbers') }} k on k.n = l.order_id
