import Foundation

/// One line of the screens' benchmark: how long a key takes, or what it costs to do nothing.
struct ScreenRow {
  let what: String
  let studies: Int
  let program: String
  /// Milliseconds from a key to the last byte of what it changed.
  var times: Times?
  /// Keys that drew nothing; they have no time.
  var silent = 0
  /// Where it is no time, such as bytes or megabytes.
  var value: Double?
  var unit = "ms"
  /// What p99, or the value, should not exceed.
  var aim: Double?

  /// A row of what a program drew for some keys.
  init(
    _ what: String, studies: Int, program: String, _ answers: [PseudoTerminal.Answer?],
    aim: Double? = nil
  ) {
    self.init(
      what: what, studies: studies, program: program,
      times: Times(answers.compactMap { $0?.milliseconds }), silent: answers.count { $0 == nil },
      aim: aim)
  }

  init(
    what: String, studies: Int, program: String, times: Times? = nil, silent: Int = 0,
    value: Double? = nil, unit: String = "ms", aim: Double? = nil
  ) {
    self.what = what
    self.studies = studies
    self.program = program
    self.times = times
    self.silent = silent
    self.value = value
    self.unit = unit
    self.aim = aim
  }

  /// Whether the aim is reached; none without one.
  var isMet: Bool? {
    aim.map { (isAnswered ? times?.percentile(99) ?? value ?? .infinity : .infinity) <= $0 }
  }

  /// Whether more than half of the keys drew something: else nothing is known of them.
  private var isAnswered: Bool { times.map { $0.count > silent } ?? true }

  static func text(_ rows: [ScreenRow]) -> String {
    table(
      ["what", "studies", "program", "p50", "p99", "unit", "silent", "aim"],
      rows.map { row in
        [
          row.what, "\(row.studies)", row.program, number(row.times?.median ?? row.value),
          number(row.times?.percentile(99)), row.unit, row.silent == 0 ? "" : "\(row.silent)",
          row.aim.map { "≤ \($0.formatted()) \(row.isMet == true ? "met" : "missed")" } ?? "",
        ]
      })
  }

  private static func number(_ value: Double?) -> String {
    value.map { String(format: $0 < 10 ? "%.2f" : "%.0f", $0) } ?? "–"
  }
}

extension ScreenRow: Encodable {
  private enum Key: String, CodingKey {
    case what, studies, program, value, unit, silent, aim
    case median = "p50_ms"
    case tail = "p99_ms"
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(what, forKey: .what)
    try container.encode(studies, forKey: .studies)
    try container.encode(program, forKey: .program)
    // Null where it is no time: the keys are always there.
    try container.encode(times?.median, forKey: .median)
    try container.encode(times?.percentile(99), forKey: .tail)
    try container.encode(value, forKey: .value)
    try container.encode(unit, forKey: .unit)
    try container.encode(silent, forKey: .silent)
    try container.encode(aim, forKey: .aim)
  }
}
