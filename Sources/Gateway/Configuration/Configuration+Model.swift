import Radiology

/// When a candidate takes over: `promote`.
private enum Promotion: String, CaseIterable {
  case byHand = "by hand"
  case passed
}

extension ModelRules {
  init(_ settings: inout Settings) throws(ConfigurationError) {
    let standard = ModelRules()
    let promotion: Promotion? = try settings.choice("promote", Promotion.self)
    self.init(
      margin: try settings.number("margin", in: 0...0.5) ?? standard.margin,
      groupMargin: try settings.number("group_margin", in: 0...0.5) ?? standard.groupMargin,
      promotesByItself: promotion.map { $0 == .passed } ?? standard.promotesByItself,
      lookBackDays: try settings.whole("look_back_days", in: 0...3650) ?? standard.lookBackDays)
  }
}
