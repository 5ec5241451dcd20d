# cmake -DPAGES="a.md;b.md" -DOUT=rule_texts.cc -P embed_rules.cmake
set(text "#include \"scenarios/rule_texts.h\"\n\nnamespace rehearse {\nnamespace {\n\nconstexpr RuleText kTexts[] = {\n")
foreach(page IN LISTS PAGES)
  get_filename_component(code "${page}" NAME_WE)
  file(READ "${page}" markdown)
  string(APPEND text "    {\"${code}\", R\"RULE(${markdown})RULE\"},\n")
endforeach()
string(APPEND text "};\n\n}  // namespace\n\nstd::span<const RuleText> rule_texts() { return kTexts; }\n\n}  // namespace rehearse\n")
file(WRITE "${OUT}" "${text}")
