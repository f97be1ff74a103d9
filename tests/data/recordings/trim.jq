# What is compared, out of a whole recording: jq -f trim.jq < WHOLE.json > ID.json
# Times are rounded to whole milliseconds, the resolution of the logs they come from.
def whole: if type == "number" then round else . end;
{
  id, title, tickTime_ms, initLimit, syncLimit, roles, repetitions, network, jvm_options,
  initial_state: (.initial_state | {
    description,
    servers: ((.servers // {}) | map_values({state, currentEpoch, zxid}))
  }),
  fault_schedule,
  results: {
    deterministic: .results.deterministic,
    facts: (.results.facts | del(.table, .order)),
    timing_summary_ms: ((.results.timing_summary_ms // {}) | map_values(select(. != null) | map_values(whole)))
  }
}
