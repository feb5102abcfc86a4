import Radiology

extension ReadingRules {
  init(_ settings: inout Settings) throws(ConfigurationError) {
    let standard = ReadingRules()
    self.init(
      askAbove: try settings.share("ask_above") ?? standard.askAbove,
      secondLookAbove: try settings.share("second_look_above") ?? standard.secondLookAbove,
      sample: try settings.share("sample") ?? standard.sample,
      arbitrateAbove: try settings.share("arbitrate_above") ?? standard.arbitrateAbove)
  }
}
