@testable import Agent
import Foundation
import Radiology
import Testing

@Suite struct LearnStageTests {
  @Test("a patient is in the same part every day, and every part has patients")
  func parts() {
    let parts = (0..<200).map { LearnStage.part(of: "patient \($0)") }
    #expect(parts == (0..<200).map { LearnStage.part(of: "patient \($0)") })
    #expect(Set(parts) == Set(Lesson.Part.allCases))
  }
}
