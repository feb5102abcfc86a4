/// How far a label's source can be trusted when it teaches.
///
/// Where radiologists read the same images again, text-mined labels were wrong for a fifth to
/// two thirds of them, so those count half.
public enum LabelTrust {
  /// Weight of a label, 0 to 1, by the source that the manifest names; an unknown one counts in
  /// full.
  public static func weight(ofSource source: String) -> Double {
    source.hasSuffix("_nlp") ? 0.5 : 1
  }
}
