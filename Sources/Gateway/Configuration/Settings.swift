import Foundation
import TOMLKit

/// One table of a TOML file, read strictly: every setting has to be known and to fit.
///
/// Each reading method learns the name of a setting; ``end()`` refuses those nobody asked for.
struct Settings {
  private let table: TOMLTable
  private let source: SettingsSource
  /// The table's name as people write it, with brackets; empty for the file itself.
  private let name: String
  /// Which one of several tables with this name, counted from 1.
  private let number: Int
  private var known: Set<String> = []

  init(_ text: String, file: URL) throws(ConfigurationError) {
    source = SettingsSource(text: text, file: file)
    name = ""
    number = 1
    do {
      table = try TOMLTable(string: text)
    } catch let error as TOMLParseError {
      throw ConfigurationError(
        file: file.lastPathComponent, line: error.source.begin.line,
        problem: "it is no TOML: \(error.description)")
    } catch {
      throw ConfigurationError(file: file.lastPathComponent, problem: "it is no TOML")
    }
  }

  private init(_ table: TOMLTable, in parent: Settings, name: String, number: Int) {
    self.table = table
    source = parent.source
    self.name = name
    self.number = number
  }

  // MARK: Tables

  /// Reads a table, if it is there.
  mutating func section<Value>(
    _ key: String, _ read: (inout Settings) throws(ConfigurationError) -> Value
  ) throws(ConfigurationError) -> Value? {
    guard let value = value(key) else { return nil }
    guard let table = value.table else { throw wrong(key, "has to be a table, [\(path(key))]") }
    return try Settings(table, in: self, name: path(key), number: number).read(read)
  }

  /// Reads every table of an array.
  mutating func sections<Value>(
    _ key: String, _ read: (inout Settings) throws(ConfigurationError) -> Value
  ) throws(ConfigurationError) -> [Value] {
    guard let value = value(key) else { return [] }
    guard let array = value.array else { throw wrong(key, "has to be written as [[\(key)]]") }
    var values: [Value] = []
    for (index, element) in array.enumerated() {
      guard let table = element.table else { throw wrong(key, "has to be written as [[\(key)]]") }
      let section = Settings(table, in: self, name: path(key), number: index + 1)
      values.append(try section.read(read))
    }
    return values
  }

  private consuming func read<Value>(
    _ read: (inout Settings) throws(ConfigurationError) -> Value
  ) throws(ConfigurationError) -> Value {
    var section = self
    let value = try read(&section)
    try section.end()
    return value
  }

  /// Refuses settings that nobody asked for.
  func end() throws(ConfigurationError) {
    guard let stranger = table.keys.filter({ !known.contains($0) }).min() else { return }
    throw wrong(stranger, "is not known; known are \(known.sorted().joined(separator: ", "))")
  }

  /// Leaves a table to another reader.
  mutating func skip(_ key: String) { known.insert(key) }

  /// The names of all settings of the table, for tables that may hold any.
  var names: [String] { table.keys.sorted() }

  // MARK: Values

  mutating func text(_ key: String) throws(ConfigurationError) -> String? {
    guard let value = value(key) else { return nil }
    guard let text = value.string, !text.isEmpty else { throw wrong(key, "has to be a text") }
    return text
  }

  mutating func texts(_ key: String) throws(ConfigurationError) -> [String] {
    guard let value = value(key) else { return [] }
    guard let array = value.array else { throw wrong(key, "has to be a list of texts") }
    let texts = array.compactMap(\.string)
    guard texts.count == array.count, !texts.contains("") else {
      throw wrong(key, "has to be a list of texts")
    }
    return texts
  }

  mutating func whole(
    _ key: String, in range: ClosedRange<Int>
  ) throws(ConfigurationError) -> Int? {
    guard let value = value(key) else { return nil }
    guard let number = value.int, range.contains(number) else {
      throw wrong(key, "has to be a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// A number from 0 to 1.
  mutating func share(_ key: String) throws(ConfigurationError) -> Double? {
    try number(key, in: 0...1)
  }

  mutating func number(
    _ key: String, in range: ClosedRange<Double>
  ) throws(ConfigurationError) -> Double? {
    guard let value = value(key) else { return nil }
    guard let number = value.double ?? value.int.map(Double.init), range.contains(number) else {
      let bounds = [range.lowerBound, range.upperBound].map { String(format: "%g", $0) }
      throw wrong(key, "has to be a number from \(bounds[0]) to \(bounds[1])")
    }
    return number
  }

  mutating func flag(_ key: String) throws(ConfigurationError) -> Bool? {
    guard let value = value(key) else { return nil }
    guard let flag = value.bool else { throw wrong(key, "has to be true or false") }
    return flag
  }

  /// One of a few words.
  mutating func choice<Value: CaseIterable & RawRepresentable<String>>(
    _ key: String, _ type: Value.Type
  ) throws(ConfigurationError) -> Value? {
    guard let word = try text(key) else { return nil }
    guard let value = Value(rawValue: word) else {
      let words = Value.allCases.map(\.rawValue).joined(separator: ", ")
      throw wrong(key, "has to be one of \(words)")
    }
    return value
  }

  /// The value, or a complaint that it is missing.
  func demand<Value>(_ key: String, _ value: Value?) throws(ConfigurationError) -> Value {
    guard let value else { throw wrong(key, "is missing") }
    return value
  }

  func contains(_ key: String) -> Bool { table.contains(key: key) }

  /// Where a path of the file leads, counted from the file's own folder.
  func place(_ path: String) -> URL {
    URL(filePath: path, relativeTo: source.file.deletingLastPathComponent()).standardizedFileURL
  }

  /// A complaint about one setting.
  func wrong(_ key: String, _ problem: String) -> ConfigurationError {
    ConfigurationError(
      file: source.file.lastPathComponent,
      line: source.line(of: key, table: name, number: number),
      setting: name.isEmpty ? key : "[\(name)] \(key)", problem: problem)
  }

  private mutating func value(_ key: String) -> TOMLValue? {
    known.insert(key)
    return table[key]
  }

  private func path(_ key: String) -> String { name.isEmpty ? key : "\(name).\(key)" }
}
