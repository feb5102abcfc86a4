import DICOM

extension ContentItem {
  /// The item of a Content Sequence (0040,A730) that says the same.
  func dataSet(_ codes: CodeTable) throws(DICOMError) -> DataSet {
    var item = DataSet()
    try item.set(.relationshipType, relationship.rawValue)
    try item.set(.valueType, value.type)
    item.set(.conceptNameCodeSequence, items: [try codes[name].dataSet()])
    switch value {
    case .container(let template):
      try item.set(.continuityOfContent, "CONTINUOUS")
      if let template { try item.setTemplate(template) }
    case .code(let concept):
      item.set(.conceptCodeSequence, items: [try codes[concept].dataSet()])
    case .text(let text): try item.set(.textValue, text)
    case .person(let name): try item.set(.personName, name)
    case .uid(let uid): try item.set(.uid, uid)
    case .number(let number, let unit):
      var measured = DataSet()
      try measured.set(.numericValue, decimals: [number])
      measured.set(.measurementUnitsCodeSequence, items: [try codes[unit].dataSet()])
      item.set(.measuredValueSequence, items: [measured])
    case .image(let reference):
      item.set(.referencedSOPSequence, items: [try reference.dataSet()])
    case .outline(let points):
      precondition(points.count >= 3, "an outline has an area")
      // A closed polyline repeats its first point (PS3.3 C.18.6.1.1).
      let closed = points + points.prefix(1)
      try item.set(.graphicType, "POLYLINE")
      try item.set(.graphicData, decimals: closed.flatMap { [$0.column, $0.row] })
    }
    if !children.isEmpty { item.set(.contentSequence, items: try children.dataSets(codes)) }
    return item
  }
}

extension [ContentItem] {
  func dataSets(_ codes: CodeTable) throws(DICOMError) -> [DataSet] {
    var items: [DataSet] = []
    for item in self { items.append(try item.dataSet(codes)) }
    return items
  }
}

extension ContentItem.Value {
  /// Value Type (0040,A040).
  fileprivate var type: String {
    switch self {
    case .container: "CONTAINER"
    case .code: "CODE"
    case .text: "TEXT"
    case .person: "PNAME"
    case .uid: "UIDREF"
    case .number: "NUM"
    case .image: "IMAGE"
    case .outline: "SCOORD"
    }
  }
}

extension Code {
  /// Code Sequence Macro, PS3.3 8.8.
  func dataSet() throws(DICOMError) -> DataSet {
    var item = DataSet()
    try item.set(.codeValue, value)
    try item.set(.codingSchemeDesignator, designator)
    try item.set(.codeMeaning, meaning)
    return item
  }
}

extension ImageReference {
  /// SOP Instance Reference Macro, PS3.3 10.8, with the frame.
  func dataSet() throws(DICOMError) -> DataSet {
    var item = DataSet()
    try item.set(.referencedSOPClassUID, sopClass)
    try item.set(.referencedSOPInstanceUID, instance)
    if let frame { try item.set(.referencedFrameNumber, integers: [frame]) }
    return item
  }
}

extension DataSet {
  /// Content Template Sequence, PS3.3 C.18.8.1.2.
  mutating func setTemplate(_ identifier: String) throws(DICOMError) {
    var template = DataSet()
    try template.set(.mappingResource, "DCMR")
    try template.set(.templateIdentifier, identifier)
    set(.contentTemplateSequence, items: [template])
  }
}
