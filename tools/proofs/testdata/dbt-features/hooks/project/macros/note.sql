{% macro note_results(results) %}
  {% for r in results %}
    insert into {{ target.schema }}.audit values ('result', '{{ r.node.name }} {{ r.status }} {{ r.node.resource_type }}');
  {% endfor %}
{% endmacro %}
