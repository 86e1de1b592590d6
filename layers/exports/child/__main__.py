from layers.exports.child.main import main

main()
