/// The table that a cross-validation prints.
package enum ValidationReport {
    /// The folds, their mean, the confidence interval, as Markdown.
    package static func text(of validation: CrossValidation) -> String {
        ModelCard.table(of: validation).joined(separator: "\n") + "\n"
    }
}
