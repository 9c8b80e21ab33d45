from jujang.cli import main

main()
