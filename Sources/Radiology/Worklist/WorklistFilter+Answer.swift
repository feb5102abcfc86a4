extension WorklistFilter {
  /// Whether what it shows tells what the model made of a study.
  public var tellsTheAnswer: Bool { terms.contains(where: \.test.tellsTheAnswer) }

  /// The terms of it that a reader may use who has not called the studies yet.
  public var withoutTheAnswer: WorklistFilter {
    var filter = self
    filter.terms.removeAll(where: \.test.tellsTheAnswer)
    return filter
  }
}

extension WorklistFilter.Test {
  /// That a model could not judge, or has not looked yet, is no answer that could be leaned on.
  fileprivate var tellsTheAnswer: Bool {
    switch self {
    case .triageClass(.normal), .triageClass(.suspicious), .lookAgain: true
    case .number(.p, _, _), .number(.regions, _, _): true
    case .triageClass, .refused, .number, .text, .state, .unsigned, .secondLook, .priority,
      .signedToday, .field:
      false
    }
  }
}

extension FilterComplaint {
  /// A filter asks for what is hidden from the reader.
  public static let tellsTheAnswer = FilterComplaint(
    description: "class, p and regions tell the model's answer, which is hidden until you call")
}
