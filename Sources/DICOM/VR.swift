/// How the value of a data element is written: its value representation.
///
/// Source: PS3.5 6.2, table 6.2-1.
public enum VR: String, Sendable, CaseIterable {
  case AE, AS, AT, CS, DA, DS, DT, FD, FL, IS, LO, LT, OB, OD, OF, OL, OV, OW, PN, SH, SL, SQ, SS
  case ST, SV, TM, UC, UI, UL, UN, UR, US, UT, UV

  /// Value representations whose explicit form has two reserved bytes and a 32-bit length.
  ///
  /// Source: PS3.5 table 7.1-1.
  var hasLongLength: Bool {
    switch self {
    case .OB, .OD, .OF, .OL, .OV, .OW, .SQ, .SV, .UC, .UN, .UR, .UT, .UV: true
    default: false
    }
  }

  /// Whether the value is characters.
  var isText: Bool {
    switch self {
    case .AE, .AS, .CS, .DA, .DS, .DT, .IS, .TM, .UI, .UR: true
    default: usesCharacterSet
    }
  }

  /// Whether the characters are those of Specific Character Set and not plain ASCII.
  var usesCharacterSet: Bool {
    switch self {
    case .LO, .LT, .PN, .SH, .ST, .UC, .UT: true
    default: false
    }
  }

  /// Whether the text is one value in which a backslash is only a backslash.
  var isOneText: Bool {
    switch self {
    case .LT, .ST, .UR, .UT: true
    default: false
    }
  }

  /// Bytes that change places between the byte orders, or 1.
  var wordSize: Int {
    switch self {
    case .AT, .OW, .SS, .US: 2
    case .FL, .OF, .OL, .SL, .UL: 4
    case .FD, .OD, .OV, .SV, .UV: 8
    default: 1
    }
  }
}
