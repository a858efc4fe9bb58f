{{ config(materialized='table', pre_hook=[{'sql': "insert into {{ target.schema }}.audit values ('outside', 'first')", 'transaction': false}, "insert into {{ target.schema }}.audit values ('pre', '{{ this.name }}')"]) }}
select 1 as id
