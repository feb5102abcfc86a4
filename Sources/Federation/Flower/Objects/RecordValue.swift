import Foundation
import SwiftProtobuf

/// A value of a record; metrics are numbers and lists of numbers only.
public enum RecordValue: Sendable, Equatable {
  case double(Double)
  case integer(Int64)
  case unsigned(UInt64)
  case bool(Bool)
  case text(String)
  case bytes([UInt8])
  case doubles([Double])
  case integers([Int64])
  case unsigneds([UInt64])
  case bools([Bool])
  case texts([String])
  case byteLists([[UInt8]])

  var isMetric: Bool {
    switch self {
    case .double, .integer, .unsigned, .doubles, .integers, .unsigneds: true
    default: false
    }
  }
}

extension RecordValue {
  /// - Throws: ``FleetError/malformed(_:)`` for a value that is none.
  init(_ value: ProtoRecordValue) throws(FleetError) {
    switch value.value {
    case .double(let value)?: self = .double(value)
    case .sint64(let value)?: self = .integer(value)
    case .uint64(let value)?: self = .unsigned(value)
    case .bool(let value)?: self = .bool(value)
    case .string(let value)?: self = .text(value)
    case .bytes(let value)?: self = .bytes([UInt8](value))
    case .doubleList(let list)?: self = .doubles(list.vals)
    case .sintList(let list)?: self = .integers(list.vals)
    case .uintList(let list)?: self = .unsigneds(list.vals)
    case .boolList(let list)?: self = .bools(list.vals)
    case .stringList(let list)?: self = .texts(list.vals)
    case .bytesList(let list)?: self = .byteLists(list.vals.map { [UInt8]($0) })
    case nil: throw .malformed("a record's value is empty")
    }
  }

  var proto: ProtoRecordValue {
    .with {
      switch self {
      case .double(let value): $0.double = value
      case .integer(let value): $0.sint64 = value
      case .unsigned(let value): $0.uint64 = value
      case .bool(let value): $0.bool = value
      case .text(let value): $0.string = value
      case .bytes(let value): $0.bytes = Data(value)
      case .doubles(let values): $0.doubleList.vals = values
      case .integers(let values): $0.sintList.vals = values
      case .unsigneds(let values): $0.uintList.vals = values
      case .bools(let values): $0.boolList.vals = values
      case .texts(let values): $0.stringList.vals = values
      case .byteLists(let values): $0.bytesList.vals = values.map { Data($0) }
      }
      // An empty list is a list all the same: to touch it makes it present.
    }
  }
}
